internal import AttendText

extension RunConfiguration {
    /// Reads a YAML file that says what is to differ from a preset, by the fields of `config.json`.
    ///
    /// The field `preset` names it; `default` where there is none.
    ///
    /// - Parameter preset: the configuration of a preset; nil where there is none of this name.
    /// - Throws: ``CheckpointError`` that names the file, the line and the field, and the nearest for one that is
    ///   unknown.
    public static func read(
        fromYAML path: String, presetNames: [String],
        preset: (String) -> RunConfiguration?
    ) throws -> RunConfiguration {
        let bytes = try InputFile(path: path).bytes(atMost: YAMLText.largestYAML)
        return try read(yaml: bytes, file: path, presetNames: presetNames, preset: preset)
    }

    /// Reads the text of such a file.
    package static func read(
        yaml bytes: [UInt8], file: String, presetNames: [String],
        preset: (String) -> RunConfiguration?
    ) throws -> RunConfiguration {
        let yaml = try YAMLText(bytes, file: file)
        guard case .object(let fields) = yaml.value else {
            throw CheckpointError(
                .malformed, path: file,
                "holds \(yaml.value.summary) where fields are needed, such as preset: default")
        }
        var name = "default"
        if let given = fields.members["preset"] {
            let line = yaml.lines[["preset"]] ?? 1
            guard case .string(let text) = given else {
                throw CheckpointError(
                    .malformed, path: file, "line \(line) has no text in the field preset")
            }
            name = text
        }
        guard let start = preset(name) else {
            let nearest = nearestName(to: name, in: presetNames)
            throw CheckpointError(
                .refused, path: file,
                "line \(yaml.lines[["preset"]] ?? 1) names the preset \(name.quoted), which does not exist; "
                    + (nearest.map { "did you mean \($0)?" }
                        ?? "expected one of \(presetNames.joined(separator: ", "))"))
        }
        let base = try JSONValue(StrictJSON.encode(start, file: file))
        var changes = yaml.value
        // What is learnt from may be named alone.
        if let source = fields.members["data"], case .string = source {
            changes = merged(.fields(["data": .fields(["source": source])]), onto: changes)
        }
        return try validated(path: file) {
            try StrictJSON.decode(
                RunConfiguration.self, from: merged(changes, onto: base), file: file,
                line: { yaml.lines[$0] })
        }
    }

    /// A tree in which the fields of another take the place of those of the same name.
    private static func merged(_ changes: JSONValue, onto base: JSONValue) -> JSONValue {
        guard case .object(let new) = changes, case .object(let old) = base else { return changes }
        var members = JSONMembers()
        for name in old.names {
            guard let value = old.members[name] else { continue }
            _ = members.insert(
                new.members[name].map { merged($0, onto: value) } ?? value, for: name)
        }
        for name in new.names where old.members[name] == nil {
            if let value = new.members[name] { _ = members.insert(value, for: name) }
        }
        return .object(JSONObject(members))
    }

    /// The configuration as YAML, with a comment before it.
    ///
    /// - Parameter comment: lines of explanation.
    public func yaml(comment: [String], file: String) throws -> [UInt8] {
        let tree = try JSONValue(StrictJSON.encode(self, file: file))
        var lines = comment.map { "# \($0)" }
        Self.write(tree, indentation: 0, to: &lines)
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func write(_ value: JSONValue, indentation: Int, to lines: inout [String]) {
        guard case .object(let object) = value else { return }
        for name in object.names {
            guard let member = object.members[name] else { continue }
            let start = String(repeating: " ", count: indentation) + name + ":"
            if case .object(let fields) = member, !fields.names.isEmpty {
                lines.append(start)
                write(member, indentation: indentation + 2, to: &lines)
            } else {
                // JSON on a line is YAML, too.
                lines.append(start + " " + String(decoding: member.line.dropLast(), as: UTF8.self))
            }
        }
    }
}
