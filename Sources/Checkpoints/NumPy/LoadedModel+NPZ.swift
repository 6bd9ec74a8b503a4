internal import AttendLayers
internal import AttendModels
internal import AttendTensors

extension LoadedModel {
    /// Writes all parameters, by the names they have here, as one `.npz` file.
    func exportNPZ(to path: String, precision: ExportPrecision) throws -> ExportReport {
        guard let precision = precision.elements, precision != .bfloat16 else {
            throw CheckpointError(
                .refused, path: path,
                "cannot hold \(precision.rawValue), which NumPy does not know; choose float32 or float16"
            )
        }
        guard FileKind.of(path) == nil else {
            throw CheckpointError(.refused, path: path, "exists already; give another path")
        }
        let tensors = model.module.namedTensors().map { name, tensor in
            unsafe OutgoingTensor(name: name, shape: tensor.shape.dimensions) { body in
                unsafe try tensor.withElements { elements in unsafe try body(elements) }
            }
        }
        let fingerprint = try NPZWriter.write(tensors, precision: precision, to: path)
        return ExportReport(path: path, tensors: tensors.count, bytes: fingerprint.byteCount)
    }
}
