internal import AttendText

/// Tensors that are divided among several safetensors files, with an index that says which lies where.
///
/// The index is `{"metadata":{"total_size":bytes},"weight_map":{tensor:file}}`. It has to tell the truth: every tensor
/// lies in the file that it names, no file has others, and the sizes add up.
final class ShardedSafetensors: TensorSource {
    let path: String
    private let shards: [String: SafetensorsFile]
    private let shardOfTensor: [String: String]

    /// The most files that one model is divided among.
    static let mostShards = 4096

    /// Opens the index and all files that it names.
    ///
    /// - Throws: ``CheckpointError``, which lists every entry that is wrong, or names the file that cannot be read.
    init(index name: String, in files: ContainedFiles) throws(CheckpointError) {
        let indexPath = files.directory.appending(component: name)
        func fault(_ explanation: String) -> CheckpointError {
            CheckpointError(.malformed, path: indexPath, explanation)
        }
        guard let index = try files.object(name), case .object(let map)? = index["weight_map"]
        else {
            throw fault(
                "has no object “weight_map”, which names a file for each tensor; fetch it again")
        }
        var shardOfTensor: [String: String] = [:]
        for tensor in map.names {
            guard case .string(let shard)? = map.members[tensor] else {
                throw fault(
                    "has something else than the name of a file for the tensor \(tensor.quoted)")
            }
            shardOfTensor[tensor] = shard
        }
        let names = Set(shardOfTensor.values).sorted()
        guard names.count <= Self.mostShards else {
            throw fault("names \(names.count) files where at most \(Self.mostShards) are opened")
        }
        var shards: [String: SafetensorsFile] = [:]
        var problems: [String] = []
        var size = 0
        for name in names {
            let shard = try SafetensorsFile(files.open(name))
            shards[name] = shard
            for entry in shard.entries {
                size += entry.byteRange.count
                if shardOfTensor[entry.name] != name {
                    problems.append(
                        "\(entry.name.quoted) lies in \(name.legible), which the index does not say"
                    )
                }
            }
        }
        for (tensor, name) in shardOfTensor.sorted(by: { $0.key < $1.key })
        where shards[name]?.contains(tensor) == false {
            problems.append("\(tensor.quoted) does not lie in \(name.legible)")
        }
        if case .object(let metadata)? = index["metadata"],
            case .number(let text)? = metadata["total_size"]
        {
            // Some writers give it with a fraction of zero.
            if Double(text) != Double(size) {
                problems.append(
                    "the total_size is \(text.legible), but the tensors have \(size) bytes")
            }
        }
        if !problems.isEmpty {
            let more = problems.count > 8 ? "; and \(problems.count - 8) more" : ""
            throw fault(
                "does not fit the files: \(problems.prefix(8).joined(separator: "; "))\(more); fetch them again"
            )
        }
        path = indexPath
        self.shards = shards
        self.shardOfTensor = shardOfTensor
    }

    var tensorNames: [String] { Array(shardOfTensor.keys) }

    private func shard(of name: String) throws -> SafetensorsFile {
        guard let shard = shardOfTensor[name].flatMap({ shards[$0] }) else {
            throw CheckpointError(.missing, path: path, "has no tensor \(name.quoted)")
        }
        return shard
    }

    func shape(of name: String) throws -> [Int] { try shard(of: name).shape(of: name) }

    func readFloats(
        _ name: String, elements: Range<Int>, into floats: UnsafeMutableBufferPointer<Float>
    ) throws {
        unsafe try shard(of: name).readFloats(name, elements: elements, into: floats)
    }
}
