import Foundation

/// What `swift package dump-package` says of this package.
struct PackageDump: Decodable {
    struct Target: Decodable {
        var name: String
        var path: String?
        var type: String
        var dependencies: [Dependency]
        var settings: [Setting]
    }

    /// A target or product that a target depends on.
    ///
    /// Written `{"byName": [name, condition]}`, or with `target` or `product` for `byName`.
    struct Dependency: Decodable {
        var name: String
        var isProduct: Bool

        private enum Keys: String, CodingKey { case byName, target, product }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            guard let key = container.allKeys.first else {
                throw PackageDumpError(description: "a dependency of a kind not known here")
            }
            var fields = try container.nestedUnkeyedContainer(forKey: key)
            name = try fields.decode(String.self)
            isProduct = key == .product
        }
    }

    struct Setting: Decodable {
        struct Kind: Decodable {
            struct Empty: Decodable {}
            struct Value: Decodable { var _0: String }
            struct Values: Decodable { var _0: [String] }

            var strictMemorySafety: Empty?
            var enableUpcomingFeature: Value?
            var unsafeFlags: Values?
        }

        var tool: String
        var kind: Kind
    }

    var targets: [Target]

    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The dump, made once for all tests.
    static let current = Result { try read(within: 90) }

    /// Runs SwiftPM with folders of its own: those of the `swift test` around it are locked.
    private static func read(within seconds: TimeInterval) throws -> PackageDump {
        let scratch = FileManager.default.temporaryDirectory
            .appending(path: "attend-dump-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let output = scratch.appending(path: "package.json")
        let messages = scratch.appending(path: "messages.txt")
        // Files and not pipes: a pipe that nobody empties would stop the process.
        for file in [output, messages] { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path",
            scratch.appending(path: "build").path, "--manifest-cache", "local", "dump-package",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: messages)
        try process.run()
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning {
            guard Date() < deadline else {
                process.terminate()
                throw PackageDumpError(
                    description: "`swift package dump-package` took longer than \(seconds) seconds")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
        guard process.terminationStatus == 0 else {
            let text = (try? String(contentsOf: messages, encoding: .utf8)) ?? ""
            throw PackageDumpError(
                description:
                    "`swift package dump-package` ended with status \(process.terminationStatus): \(text)"
            )
        }
        return try JSONDecoder().decode(PackageDump.self, from: Data(contentsOf: output))
    }
}

struct PackageDumpError: Error, CustomStringConvertible {
    var description: String
}
