internal import AttendModels

/// A family around Llama: what llama.cpp's files of it say of Llama's sizes, and how it differs from Llama.
protocol GGUFLlamaFamily: GGUFFamily {
    /// Whether rotary pairs are neighbours there, as in `llama`, or halves of a head.
    static var pairsAreNeighbours: Bool { get }

    /// What the family's files say beside the sizes that all have.
    ///
    /// - Throws: ``CheckpointError`` where a value is missing or of another type.
    static func read(
        into sizes: inout Llama.Configuration, from fields: GGUFFields, of file: GGUFFile) throws
    /// What of the sizes the family has no place for, one sentence each.
    static func misfits(of sizes: Llama.Configuration) -> [String]
}

extension GGUFLlamaFamily {
    static var pairsAreNeighbours: Bool { false }

    static func configuration(
        from fields: GGUFFields, of file: GGUFFile
    ) throws -> AnyConfiguration {
        var sizes = try GGUFLlamaSizes.configuration(from: fields, of: file)
        try read(into: &sizes, from: fields, of: file)
        return .llama(sizes)
    }

    static func layout(of configuration: AnyConfiguration) -> CheckpointLayout {
        guard case .llama(let sizes) = configuration else { return CheckpointLayout([]) }
        return GGUFLlamaTensors.layout(of: sizes, pairsAreNeighbours: pairsAreNeighbours)
    }

    static func misfits(of configuration: AnyConfiguration) -> [String]? {
        guard case .llama(let sizes) = configuration else { return nil }
        return GGUFLlamaSizes.misfits(of: sizes) + misfits(of: sizes)
    }

    static func sizes(of configuration: AnyConfiguration) -> [(key: String, value: GGUFValue)] {
        guard case .llama(let sizes) = configuration else { return [] }
        return GGUFLlamaSizes.values(of: sizes)
    }

    static func extraTensors(
        of configuration: AnyConfiguration
    ) -> [(name: String, elements: [Float])] {
        GGUFRotary.extraTensors(of: configuration)
    }
}
