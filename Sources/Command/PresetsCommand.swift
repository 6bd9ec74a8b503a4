import ArgumentParser
import Attend
import Foundation

/// `attend presets`: sizes and settings that are known to work together.
struct PresetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "presets",
        abstract: "List the presets, show one, or copy it to a file to be changed.",
        discussion: """
            A preset is what attend train --preset NAME starts from.

            Example:
              attend presets list
              attend presets show default
              attend presets copy shakespeare mine.json
              attend train --config mine.json --data tinyshakespeare.txt
              attend presets copy default mine.yaml
            """,
        subcommands: [
            PresetsListCommand.self, PresetsShowCommand.self, PresetsCopyCommand.self,
        ],
        defaultSubcommand: PresetsListCommand.self)
}

/// `attend presets list`: one line each.
struct PresetsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the presets.",
        discussion: """
            Parameters are those with the preset's vocabulary; where that of the data takes its place, they differ a \
            little.

            Example:
              attend presets list --json
            """)

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let entries = Preset.all.map(Entry.init)
        if common.json { return try Output.json(["presets": entries]) }
        let table = TextTable(
            columns: ["name", "model", "data", "parameters"],
            rows: entries.map { [$0.name, $0.model, $0.data ?? "–", $0.parameters.grouped] },
            wordColumns: 3)
        for (line, summary) in zip(table.lines, ["summary"] + entries.map(\.summary)) {
            try Output.line("\(line)  \(summary)")
        }
        Output.next("attend presets show \(Preset.all[0].name)")
    }

    private struct Entry: Encodable {
        let name: String
        let model: String
        let data: String?
        let parameters: Int
        let summary: String

        init(_ preset: Preset) {
            name = preset.name
            model = preset.model.architecture.rawValue
            data = preset.data
            parameters = preset.model.sizes.parameterCount
            summary = preset.summary
        }
    }
}

/// `attend presets show`: a preset as JSON.
struct PresetsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a preset as the config.json that attend train --config reads.",
        discussion: """
            What only the data can tell has no value yet: its hash is empty, its counts are 0, and a vocabulary that \
            comes from the data has the size that stands in for it.

            Example:
              attend presets show default
            """)

    @Argument(
        help: ArgumentHelp("The name of the preset.", valueName: "name"),
        transform: PresetName.preset)
    var preset: Preset

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        let bytes = try PresetName.json(of: preset, file: preset.name)
        try Output.write(String(decoding: bytes, as: UTF8.self))
    }
}

/// `attend presets copy`: a preset as a file.
struct PresetsCopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a preset to a file, to be changed and given to attend train --config.",
        discussion: """
            Example:
              attend presets copy default mine.json
              attend train --config mine.json
              attend presets copy default mine.yaml
            """)

    @Argument(
        help: ArgumentHelp("The name of the preset.", valueName: "name"),
        transform: PresetName.preset)
    var preset: Preset

    @Argument(help: ArgumentHelp("The file to write, which must not exist.", valueName: "file"))
    var file: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        common.apply()
        guard FileKind.of(file) == nil else {
            throw CheckpointError(
                .refused, path: file, "exists already; give the path of a new file")
        }
        try AtomicFile.write(PresetName.json(of: preset, file: file), to: file)
        if common.json { return try Output.json(Report(preset: preset.name, path: file)) }
        let words = ["--config", file] + (preset.data == nil ? ["--data"] : [])
        Output.next(
            "attend train " + words.map(ShellWord.quoted).joined(separator: " ")
                + (preset.data == nil ? " \(preset.sourcePlaceholder)" : ""))
    }

    private struct Report: Encodable {
        let preset: String
        let path: String
    }
}

/// Presets by their names.
private enum PresetName {
    @Sendable static func preset(_ name: String) throws -> Preset {
        if let preset = Preset.named(name) { return preset }
        throw Name.unknown(name, among: Preset.names)
    }

    static func json(of preset: Preset, file: String) throws -> [UInt8] {
        let configuration = preset.configuration(version: AttendCommand.configuration.version)
        guard file.hasSuffix(".yaml") || file.hasSuffix(".yml") else {
            return try StrictJSON.encode(configuration, file: file)
        }
        return try configuration.yaml(
            comment: [
                "Every setting of the preset \(preset.name), for attend train --config.",
                "What is left out is as in the preset; flags come before what stands here.",
                "What only the data can tell (its hash, counts and vocabulary) is found anew.",
            ], file: file)
    }
}
