internal import AttendText

/// Writes arrays that NumPy loads: the same tensors give the same bytes.
package enum NPZWriter {
    private static let wideLimit = 0xFFFF_FFFF

    /// Writes tensors, in their order, as a `.npz` file, which is replaced whole or not at all.
    ///
    /// - Parameters:
    ///   - tensors: each with a name of its own.
    ///   - precision: the type in the file; there is no bfloat16 among NumPy's.
    /// - Returns: the size and hash of the file.
    /// - Throws: ``CheckpointError`` where the disk refuses, names repeat, or the type is not NumPy's.
    @discardableResult
    package static func write(
        _ tensors: [OutgoingTensor], precision: SafetensorsWriter.Precision, to path: String,
        in fileSystem: any FileSystem = DiskFileSystem()
    ) throws -> FileFingerprint {
        guard precision != .bfloat16 else {
            throw CheckpointError(
                .refused, path: path,
                "cannot hold bfloat16, which NumPy does not know; choose float32 or float16")
        }
        return try AtomicFile.write(to: path, in: fileSystem) { file in
            var directory: [UInt8] = []
            var offset = 0
            var names: Set<[UInt8]> = []
            for tensor in tensors {
                let name = Array("\(tensor.name).npy".utf8)
                guard names.insert(name).inserted, name.count <= 0xFFFF else {
                    throw CheckpointError(
                        .refused, path: path,
                        "would have two arrays \(tensor.name.quoted), or a name beyond 65,535 bytes; give "
                            + "each its own")
                }
                let header = NPYHeader(type: precision.type, shape: tensor.shape)
                guard let dataSize = header.byteCount else {
                    throw CheckpointError(
                        .refused, path: path,
                        "the tensor \(tensor.name.quoted) has the shape \(tensor.shape), beyond any file"
                    )
                }
                let headerBytes = header.bytes
                // The checksum stands before what it is of, so all elements are looked at twice.
                var checksum = CRC32()
                checksum.update(headerBytes)
                try NPYOutput.pieces(of: tensor, as: precision, path: path) {
                    checksum.update($0)
                }
                let entry = Entry(
                    name: name, size: headerBytes.count + dataSize, checksum: checksum.value,
                    offset: offset)
                let local = entry.localHeader
                try file.append(local)
                try file.append(headerBytes)
                try NPYOutput.pieces(of: tensor, as: precision, path: path) { try file.append($0) }
                offset += local.count + entry.size
                directory += entry.listed
            }
            try file.append(directory)
            try file.append(end(count: tensors.count, size: directory.count, start: offset))
        }
    }

    private struct Entry {
        let name: [UInt8]
        let size: Int
        let checksum: UInt32
        let offset: Int

        private var isWide: Bool { size >= wideLimit || offset >= wideLimit }

        /// What both headers have in common, from the version that is needed to the sizes.
        private var common: [UInt8] {
            // Bit 11: the name is in UTF-8. The date is the first that the format knows.
            little(UInt16(isWide ? 45 : 20)) + little(UInt16(1 << 11)) + little(UInt16(0))
                + little(UInt16(0)) + little(UInt16(0x21)) + little(checksum)
                + little(UInt32(min(size, wideLimit))) + little(UInt32(min(size, wideLimit)))
                + little(UInt16(name.count))
        }

        var localHeader: [UInt8] {
            let wide = size >= wideLimit ? [UInt64(size), UInt64(size)] : []
            let extra = extraField(wide)
            return little(0x0403_4B50 as UInt32) + common + little(UInt16(extra.count)) + name
                + extra
        }

        var listed: [UInt8] {
            var wide = size >= wideLimit ? [UInt64(size), UInt64(size)] : []
            if offset >= wideLimit { wide.append(UInt64(offset)) }
            let extra = extraField(wide)
            return little(0x0201_4B50 as UInt32) + little(UInt16(45)) + common
                + little(UInt16(extra.count)) + [UInt8](repeating: 0, count: 10)
                + little(UInt32(min(offset, wideLimit))) + name + extra
        }

        private func extraField(_ values: [UInt64]) -> [UInt8] {
            guard !values.isEmpty else { return [] }
            return little(UInt16(1)) + little(UInt16(8 * values.count)) + values.flatMap(little)
        }
    }

    /// The records at the end of the file.
    private static func end(count: Int, size: Int, start: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        if count >= 0xFFFF || size >= wideLimit || start >= wideLimit {
            bytes += little(0x0606_4B50 as UInt32) + little(44 as UInt64)
            bytes += little(45 as UInt16) + little(45 as UInt16)
            bytes += little(0 as UInt32) + little(0 as UInt32)
            bytes += little(UInt64(count)) + little(UInt64(count))
            bytes += little(UInt64(size)) + little(UInt64(start))
            bytes += little(0x0706_4B50 as UInt32) + little(0 as UInt32)
            bytes += little(UInt64(start + size)) + little(1 as UInt32)
        }
        let entries = UInt16(min(count, 0xFFFF))
        bytes += little(0x0605_4B50 as UInt32) + little(0 as UInt16) + little(0 as UInt16)
        bytes += little(entries) + little(entries)
        bytes += little(UInt32(min(size, wideLimit))) + little(UInt32(min(start, wideLimit)))
        return bytes + little(0 as UInt16)
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
