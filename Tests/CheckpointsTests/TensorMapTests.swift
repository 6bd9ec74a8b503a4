import AttendCheckpoints
import AttendLayers
import AttendModels
import AttendTensors
import Foundation
import Testing

@Suite("One description of tensors for both directions")
struct TensorMapTests {
    /// A model whose largest parameters are more than a slice, with sizes that no vector width divides.
    private static let configuration = AnyConfiguration.llama(
        {
            var configuration = Llama.Configuration(
                vocabularySize: 1021, contextLength: 8, layerCount: 1, headCount: 3, width: 141,
                headWidth: 46, hiddenWidth: 502)
            configuration.tiesHead = true
            return configuration
        }())

    private static let model: AnyModel = {
        var random = RandomSource(seed: 7)
        return configuration.makeModel(random: &random)
    }()

    /// A layout in which the gated network stands as `arrangement` says, and everything else as it is.
    private func layout(_ change: (TensorMap) -> TensorMap) -> CheckpointLayout {
        CheckpointLayout(
            Self.model.module.namedTensors().map { name, tensor in
                change(TensorMap(name, tensor.shape.dimensions, from: name))
            })
    }

    /// Writes the model by a layout and reads it again.
    private func roundTrip(_ layout: CheckpointLayout) throws -> (SafetensorsFile, AnyModel) {
        let directory = try TemporaryDirectory()
        let path = directory.path("model.safetensors")
        let items = try OutgoingTensor.all(of: Self.model, in: layout)
        try SafetensorsWriter.write(
            items.map { SafetensorsWriter.Item($0, precision: .float32) }, to: path)
        let file = try SafetensorsFile(path: path)
        let read = try ModelReader.read(
            Self.configuration, from: file, layouts: [layout], checksTensors: true)
        return (file, read.model)
    }

    private func expectSame(_ model: AnyModel) {
        for (first, second) in zip(
            Self.model.module.namedTensors(), model.module.namedTensors())
        {
            #expect(first.tensor.elements == second.tensor.elements, "\(first.name)")
        }
    }

    private func elements(_ name: String) throws -> [Float] {
        try #require(Self.model.module.namedTensors().first { $0.name == name }).tensor.elements
    }

    @Test(
        "Every arrangement is undone by its reverse, in pieces of any size",
        arguments: [
            Arrangement.same, .transposed, .alternating(2), .alternating(46),
            Arrangement(twoKindsGroup: .init(1, 1)), Arrangement(twoKindsGroup: .init(3, 20)),
            Arrangement(isTransposed: true, alternatingGroup: 2),
            Arrangement(isTransposed: true, alternatingGroup: 46),
        ])
    func roundTrips(arrangement: Arrangement) throws {
        let group =
            arrangement.alternatingGroup
            ?? arrangement.twoKindsGroup.map { $0.first + $0.second } ?? 1
        let layout = layout { map in
            map.shape[0] % group == 0 && map.shape.count == 2
                ? TensorMap(map.name, map.shape, from: map.name, arrangement: arrangement) : map
        }
        let (_, model) = try roundTrip(layout)
        expectSame(model)
    }

    @Test("A transposed tensor has the parameter's columns")
    func transposed() throws {
        let name = "h.0.mlp.c_fc.weight"
        let (rows, columns) = (1004, 141)
        let (file, model) = try roundTrip(
            layout {
                $0.name == name
                    ? TensorMap(name, $0.shape, from: "theirs", arrangement: .transposed) : $0
            })
        expectSame(model)
        let (ours, theirs) = (try elements(name), try file.floats("theirs"))
        #expect(try file.entry("theirs").shape == [columns, rows])
        for row in 0..<rows {
            for column in 0..<columns
            where ours[row * columns + column] != theirs[column * rows + row] {
                Issue.record("row \(row), column \(column)")
            }
        }
    }

    @Test("Rows that take turns come from the halves of their group")
    func alternating() throws {
        let name = "h.0.attn.c_attn.weight"
        let (file, model) = try roundTrip(
            layout {
                $0.name == name
                    ? TensorMap(name, $0.shape, from: "theirs", arrangement: .alternating(46)) : $0
            })
        expectSame(model)
        let (ours, theirs) = (try elements(name), try file.floats("theirs"))
        for head in 0..<9 {
            for pair in 0..<23 {
                for half in 0..<2 {
                    let (our, their) = (head * 46 + half * 23 + pair, head * 46 + 2 * pair + half)
                    #expect(
                        ours[our * 141..<(our + 1) * 141] == theirs[their * 141..<(their + 1) * 141]
                    )
                }
            }
        }
    }

    @Test("A parameter of several tensors, and a tensor of several parameters")
    func joinedAndPacked() throws {
        let attention = "h.0.attn.c_attn.weight"
        let norms = ["h.0.ln_1.weight", "h.0.ln_2.weight"]
        let (file, model) = try roundTrip(
            layout { map in
                if map.name == attention {
                    return TensorMap(
                        attention, width: 141, joining: [("q", 138), ("k", 138), ("v", 138)])
                }
                guard let block = norms.firstIndex(of: map.name) else { return map }
                return TensorMap(
                    map.name, map.shape,
                    parts: [TensorPart("norms", [2, 141], block: block, rows: 0..<141)])
            })
        expectSame(model)
        #expect(
            try elements(attention) == file.floats("q") + file.floats("k") + file.floats("v"))
        #expect(try elements(norms[0]) + elements(norms[1]) == file.floats("norms"))
    }

    @Test("Rows of two kinds that stand in groups are sorted by their kind")
    func twoKinds() throws {
        let name = "h.0.mlp.c_fc.weight"
        let (file, model) = try roundTrip(
            layout {
                $0.name == name
                    ? TensorMap(
                        name, $0.shape, from: "theirs",
                        arrangement: Arrangement(twoKindsGroup: .init(1, 3)))
                    : $0
            })
        expectSame(model)
        let (ours, theirs) = (try elements(name), try file.floats("theirs"))
        let width = 141
        func rows(_ elements: [Float], _ rows: [Int]) -> [Float] {
            rows.flatMap { elements[$0 * width..<($0 + 1) * width] }
        }
        #expect(rows(theirs, [0, 1, 2, 3, 4, 5]) == rows(ours, [0, 251, 252, 253, 1, 254]))
    }

    @Test("A layout that would leave a parameter without contents is an error")
    func incomplete() throws {
        let name = "h.0.ln_1.weight"
        for parts in [
            [TensorPart("a", [140], rows: 0..<140)], [TensorPart("a", [141], rows: 0..<140)],
            [TensorPart("a", [140], rows: 1..<141)],
            [TensorPart("a", [2, 141], block: 0, rows: 0..<141)],
            [TensorPart("a", [141], rows: 0..<141, arrangement: .alternating(2))], [],
        ] {
            let wrong = layout { $0.name == name ? TensorMap(name, [141], parts: parts) : $0 }
            #expect(throws: LoadingError.self) {
                try OutgoingTensor.all(of: Self.model, in: wrong)
            }
        }
        var short = layout { $0 }
        short.maps.removeLast()
        #expect(throws: LoadingError.self) { try OutgoingTensor.all(of: Self.model, in: short) }
    }

    /// Loads a model of 20 MB; whatever exceeds the memory of its weights ends the process.
    @Sendable private static func load() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("model.safetensors")
        let configuration = AnyConfiguration.gpt(
            GPT.Configuration(
                vocabularySize: 20_000, contextLength: 64, layerCount: 2, headCount: 4, width: 256))
        func write() throws -> [Float] {
            var random = RandomSource(seed: 1)
            let model = configuration.makeModel(random: &random)
            let tensors = model.module.namedTensors()
            try SafetensorsWriter.write(
                tensors.map { .init(name: $0.name, tensor: $0.tensor) }, to: path)
            return tensors[0].tensor.elements
        }
        let expected = try write()
        let before = TensorMemory.peakBytes
        let read = try ModelReader.read(
            configuration, from: SafetensorsFile(path: path), layouts: nil, checksTensors: true)
        try #require(read.model.module.namedTensors()[0].tensor.elements == expected)
        try #require(TensorMemory.peakBytes == before, "more than one model was in memory")
    }

    @Test("Loading takes no more memory than the weights")
    func memory() async {
        // In a process of its own, since other tests make tensors meanwhile.
        await #expect(processExitsWith: .success) { try Self.load() }
    }
}
