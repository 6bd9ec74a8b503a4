internal import AttendModels
internal import AttendText

/// Writes a model as one file of llama.cpp.
struct GGUFExport {
    private let model: LoadedModel
    private let precision: ExportPrecision

    private let fileSystem: any FileSystem

    init(
        _ model: LoadedModel, precision: ExportPrecision,
        fileSystem: any FileSystem = DiskFileSystem()
    ) {
        self.model = model
        self.precision = precision
        self.fileSystem = fileSystem
    }

    /// Writes the file, which must not be there yet.
    func write(to path: String) throws -> ExportReport {
        if FileKind.of(path) != nil {
            throw CheckpointError(.refused, path: path, "exists already; give another path")
        }
        let family = try family()
        let tensors = try OutgoingTensor.all(
            of: model.model, in: family.layout(of: model.configuration))
        let extra = family.extraTensors(of: model.configuration).map {
            GGUFWriter.Item(
                name: $0.name, shape: [$0.elements.count], type: .float32, elements: $0.elements)
        }
        let items =
            extra
            + tensors.map { tensor in
                unsafe GGUFWriter.Item(
                    name: tensor.name, shape: tensor.shape, type: type(of: tensor),
                    withElements: tensor.withElements)
            }
        let (metadata, notices) = try metadata(of: family)
        let fingerprint = try GGUFWriter.write(
            metadata: metadata, tensors: items, to: path, in: fileSystem)
        return ExportReport(
            path: path, tensors: items.count, bytes: fingerprint.byteCount, notices: notices)
    }

    /// The first family that has a place for everything in the model's configuration.
    private func family() throws -> any GGUFFamily.Type {
        let kin = GGUFFamilies.all.compactMap { family in
            family.misfits(of: model.configuration).map { (family: family, misfits: $0) }
        }
        guard let nearest = kin.min(by: { $0.misfits.count < $1.misfits.count }) else {
            throw misfit([
                "no family there is like \(model.configuration.architecture.rawValue); models of gpt and llama "
                    + "can be written there; attend export --to npz writes any model"
            ])
        }
        if nearest.misfits.isEmpty { return nearest.family }
        throw misfit(nearest.misfits.map { "unlike a \(nearest.family.architecture), \($0)" })
    }

    private func misfit(_ reasons: [String]) -> CheckpointError {
        CheckpointError(
            .unsupported, path: model.path,
            "cannot be written as GGUF: \(reasons.joined(separator: "; "))")
    }

    private func metadata(
        of family: any GGUFFamily.Type
    ) throws -> (values: [(key: String, value: GGUFValue)], notices: [String]) {
        let rows = model.configuration.vocabularySizes.first ?? 0
        let tokenizer: GGUFTokenizerValues
        do {
            tokenizer = try GGUFTokenizerValues(
                model.savedTokenizer, rows: rows, generation: model.generation)
        } catch let error as GGUFTokenizerValues.Misfit {
            throw misfit([error.reason])
        } catch let error as TokenizerError {
            throw misfit([error.sentenceWithoutStop])
        }
        let sizes = family.sizes(of: model.configuration).map {
            (key: "\(family.architecture).\($0.key)", value: $0.value)
        }
        let template = try ChatFormat.templateText(ofModel: model.path).map {
            [(key: GGUFFile.chatTemplateKey, value: GGUFValue.text($0))]
        }
        let values: [(key: String, value: GGUFValue)] =
            [
                (key: "general.architecture", value: .text(family.architecture)),
                (key: "general.type", value: .text("model")),
                (key: "general.file_type", value: .uint32(precision.fileType)),
                (key: "general.quantization_version", value: .uint32(2)),
            ] + sizes + tokenizer.values + (template ?? [])
        return (values, tokenizer.notices)
    }

    /// How a tensor is stored: vectors and what must be exact stay as they are, as llama.cpp wants them.
    private func type(of tensor: OutgoingTensor) -> GGUFTensorType {
        let isExact =
            tensor.shape.count < 2 || tensor.name == "position_embd.weight"
            || tensor.name.hasSuffix(".ffn_gate_inp.weight")
        if isExact { return .float32 }
        let type = precision.tensorType
        // Rows that are not whole blocks cannot be quantised.
        return (tensor.shape.last ?? 1) % type.blockWidth == 0 ? type : .float16
    }
}

extension ExportPrecision {
    /// How matrices are stored.
    fileprivate var tensorType: GGUFTensorType {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .eightBits: .q8
        case .fourBits: .q4
        }
    }

    /// The value of `general.file_type`.
    fileprivate var fileType: UInt32 {
        switch self {
        case .float32: 0
        case .float16: 1
        case .bfloat16: 32
        case .eightBits: 7
        case .fourBits: 2
        }
    }
}
