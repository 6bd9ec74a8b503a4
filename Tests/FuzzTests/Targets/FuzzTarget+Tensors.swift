import AttendCheckpoints

extension FuzzTarget {
    /// Files of tensors.
    static let tensorTargets = [safetensors, gguf, npy, npz]

    private static let safetensors = FuzzTarget(
        name: "safetensors",
        words: [
            "dtype", "shape", "data_offsets", "__metadata__", "F32", "BF16", "BOOL", "F64", "I64",
        ]
    ) { _, path in
        let file = try SafetensorsFile(path: path)
        for entry in file.entries { _ = try file.floats(entry.name) }
    }

    private static let gguf = FuzzTarget(
        name: "gguf",
        words: [
            "GGUF", "general.alignment", "general.architecture", "llama", "tokenizer.ggml.tokens",
        ]
    ) { _, path in
        let file = try GGUFFile(path: path)
        for name in file.tensorNames { _ = try file.floats(name) }
    }

    private static let npy = FuzzTarget(
        name: "npy",
        words: [
            "descr", "fortran_order", "shape", "'<f4'", "'|O'", "'>f4'", "True", "False", "(", ",)",
        ]
    ) { _, path in
        _ = try NPYFile(path: path).floats()
    }

    private static let npz = FuzzTarget(
        name: "npz",
        words: [
            "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", ".npy", "descr",
            "fortran_order", "shape", "'<f4'", "'|O'", "(", ",)",
        ], isZip: true,
        parse: { _, path in
            let file = try NPZFile(path: path)
            for name in file.names { _ = try file.array(name).floats() }
        })
}
