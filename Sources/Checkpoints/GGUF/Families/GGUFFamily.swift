internal import AttendModels
internal import AttendText

/// A family of models as llama.cpp knows it: keys of the metadata and names of tensors.
///
/// Each family is described once and used in both directions.
protocol GGUFFamily: Sendable {
    /// What `general.architecture` calls the family, and the keys of its sizes begin with.
    static var architecture: String { get }

    /// The configuration that a file describes.
    ///
    /// - Throws: ``CheckpointError`` where a value is missing, or asks for something that is not implemented.
    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> AnyConfiguration

    /// How files of such a model name its tensors.
    static func layout(of configuration: AnyConfiguration) -> CheckpointLayout

    /// What of a configuration the family has no place for, one sentence each; nil for a model of another kind.
    static func misfits(of configuration: AnyConfiguration) -> [String]?

    /// The sizes of a configuration without misfits, by keys without the family's name.
    static func sizes(of configuration: AnyConfiguration) -> [(key: String, value: GGUFValue)]

    /// Tensors of a file that no parameter of ours has, with their elements.
    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])]
}

extension GGUFFamily {
    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])] { [] }
}

/// The families that are read and written.
enum GGUFFamilies {
    /// All of them; where a model of ours fits several, the first is written.
    static let all: [any GGUFFamily.Type] = [
        GGUFGPT2.self, GGUFQwen3.self, GGUFQwen2.self, GGUFLlama.self,
    ]

    /// The family of a file.
    static func named(_ architecture: String, in file: GGUFFile) throws -> any GGUFFamily.Type {
        if let family = all.first(where: { $0.architecture == architecture }) { return family }
        let known = all.map { $0.architecture }.joined(separator: ", ")
        throw CheckpointError(
            .unsupported, path: file.path,
            "has the general.architecture \(architecture.quoted); known are \(known)")
    }
}

/// The sizes in a file's metadata, whose keys begin with the family's name.
struct GGUFFields {
    let metadata: GGUFMetadata
    let architecture: String

    /// The whole key of a size.
    func key(_ name: String) -> String { "\(architecture).\(name)" }

    /// A whole number that must be there.
    func integer(_ name: String) throws -> Int {
        if let value = try optionalInteger(name) { return value }
        throw metadata.missing(key(name))
    }

    /// A whole number that may be missing; larger ones are no sizes, and could not be multiplied with one another.
    func optionalInteger(_ name: String) throws -> Int? {
        try metadata.integer(key(name), in: 0...1 << 31)
    }

    /// A fraction that must be there.
    func fraction(_ name: String) throws -> Float {
        if let value = try optionalFraction(name) { return value }
        throw metadata.missing(key(name))
    }

    /// A fraction that may be missing.
    func optionalFraction(_ name: String) throws -> Float? { try metadata.fraction(key(name)) }

    /// The error for a size that is not implemented.
    func unsupported(_ name: String, _ explanation: String) -> CheckpointError {
        metadata.unsupported(key(name), explanation)
    }
}
