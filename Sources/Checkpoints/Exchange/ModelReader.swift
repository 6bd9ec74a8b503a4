package import AttendLayers
package import AttendModels
internal import AttendTensors
internal import AttendText

/// Reads the parameters of a model from a file, straight into the memory in which they stay.
///
/// Each parameter is read in slices by all threads. A slice is looked at for numbers that are none while it is in the
/// processor's cache, so that this costs no second pass over memory.
package struct ModelReader: ModelPreparation {
    /// The tensors with numbers that are infinite or not numbers at all, in the order in which they were read.
    private(set) var nonFiniteNames: [String] = []

    private let source: any TensorSource
    private let layout: CheckpointLayout?

    /// - Parameter layout: how the file names its tensors; by the model's own names where nil.
    init(_ source: any TensorSource, layout: CheckpointLayout?) {
        self.source = source
        self.layout = layout?.fitting(source)
    }

    /// Fills all parameters.
    ///
    /// - Throws: ``LoadingError`` where tensors do not fit, ``CheckpointError`` where the file cannot be read.
    package mutating func prepare(_ model: inout some Module) throws(any Error) {
        let parameters = model.parameters.map { ($0.name, $0.parameter.shape.dimensions) }
        let layout =
            layout ?? CheckpointLayout(parameters.map { TensorMap($0.0, $0.1, from: $0.0) })
        try layout.check(parameters.map { (name: $0.0, shape: $0.1) })
        try layout.check(source)
        var filling = Filling(source: source, maps: layout.maps)
        model.visit(&filling)
        if let failure = filling.progress.failure { throw failure }
        let nonFinite = filling.progress.nonFiniteNames
        var seen: Set<String> = []
        nonFiniteNames = layout.maps.flatMap(\.parts).map(\.name).filter {
            nonFinite.contains($0) && seen.insert($0).inserted
        }
    }
}

extension ModelReader {
    /// A model with the weights of a file.
    ///
    /// - Parameters:
    ///   - layouts: the ways in which such files name their tensors; by the model's own names where nil.
    ///   - checksTensors: whether numbers that are infinite or none are an error rather than a notice.
    /// - Throws: ``CheckpointError`` where the file does not fit the configuration or cannot be read.
    package static func read(
        _ configuration: AnyConfiguration, from source: any TensorSource,
        layouts: @autoclosure () -> [CheckpointLayout]?, checksTensors: Bool
    ) throws -> (model: AnyModel, notices: [String]) {
        try checkSize(of: configuration, in: source)
        let layout = layouts().flatMap { closest($0, to: source) }
        do {
            // Before a model is made: a small file must not have the memory set aside for a large one.
            try layout?.fitting(source).check(source)
            var reader = ModelReader(source, layout: layout)
            let model = try configuration.makeModel(filledBy: &reader)
            let names = reader.nonFiniteNames
            guard let first = names.first else { return (model, []) }
            let others =
                switch names.count {
                case 1: ""
                case 2: " and 1 more tensor"
                default: " and \(names.count - 1) more tensors"
                }
            let fault =
                "\(first.legible)\(others) \(names.count == 1 ? "holds" : "hold") numbers that are infinite or not numbers at all"
            if checksTensors { throw CheckpointError(.damaged, path: source.path, fault) }
            return (model, ["\(source.path.legible): \(fault)."])
        } catch let error as LoadingError {
            throw CheckpointError(.malformed, path: source.path, "\(error)")
        }
    }

    /// Checks that a model is not far larger than the file for it: even the names of its tensors could be millions.
    ///
    /// What is somewhat larger goes on to the list of all that does not fit.
    private static func checkSize(
        of configuration: AnyConfiguration, in source: any TensorSource
    ) throws {
        let held = try source.tensorNames.reduce(0) { sum, name in
            let shape = try source.shape(of: name)
            return shape.contains(0) ? sum : sum + shape.reduce(1, *)
        }
        let asked = configuration.sizes.parameterCount
        // What a file has once, a model may have twice.
        if asked / 2 > held + 2048 {
            throw CheckpointError(
                .malformed, path: source.path,
                "holds \(held) numbers where a model of its configuration has \(asked); fetch the files that belong "
                    + "together")
        }
    }

    /// The layout of which a file has the most names.
    private static func closest(
        _ layouts: [CheckpointLayout], to source: any TensorSource
    ) -> CheckpointLayout? {
        let names = Set(source.tensorNames)
        return layouts.enumerated().max { first, second in
            let counts = [first, second].map { layout in
                Set(layout.element.fitting(source).maps.flatMap(\.parts).map(\.name))
                    .intersection(names).count
            }
            return counts[0] < counts[1] || (counts[0] == counts[1] && first.offset > second.offset)
        }?.element
    }
}

/// Visits the parameters in order and fills one after the other.
private struct Filling: ParameterVisitor {
    var path: [String] = []
    let source: any TensorSource
    let maps: [TensorMap]
    var next = 0
    let progress = ReadingProgress()

    init(source: any TensorSource, maps: [TensorMap]) {
        self.source = source
        self.maps = maps
    }

    mutating func visit(_ parameter: inout Parameter, name: String) {
        if progress.failure != nil { return }
        let (source, progress, map) = (source, progress, maps[next])
        next += 1
        let slices = map.parts.filter { !$0.arrangement.isTransposed }
            .flatMap { TensorSlice.all(of: $0, in: map) }
        unsafe parameter.tensor.withMutableElements { elements in
            let together = TensorSlice.pageSize / TensorSlice.size
            progress.run((slices.count + together - 1) / together) { piece in
                for slice in slices.dropFirst(piece * together).prefix(together) {
                    if unsafe try !slice.read(from: source, into: elements) {
                        progress.noteNonFinite(slice.part.name)
                    }
                }
            }
            for part in map.parts where part.arrangement.isTransposed {
                unsafe TransposedPart(part, in: map)
                    .read(from: source, into: elements, progress: progress)
            }
        }
    }
}
