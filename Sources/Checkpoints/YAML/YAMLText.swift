internal import AttendText
internal import Yams

/// A YAML text as a tree of JSON, with the line of each field.
///
/// Of YAML, what configurations need is read: mappings, lists, texts, numbers, true, false and null. Anchors, aliases,
/// tags and several documents in a file are refused, before the parser sees them where they could take its time or stack.
struct YAMLText {
    /// The most bytes of a file.
    static let largestYAML = 256 << 10
    /// The most brackets and braces that are opened in a file, so that none can be nested deeper than that.
    static let mostFlows = 256
    /// The most spaces and signs of nesting before the text of a line.
    static let deepestIndentation = 64

    /// What it says.
    let value: JSONValue
    /// The line, from 1, of each field by its path, such as `model`, `width`.
    let lines: [[String]: Int]

    /// Reads a text.
    ///
    /// - Throws: ``CheckpointError`` that names the file and the line.
    init(_ bytes: [UInt8], file: String) throws(CheckpointError) {
        guard bytes.count <= Self.largestYAML else {
            throw CheckpointError(
                .refused, path: file,
                "has \(bytes.count) bytes where at most \(Self.largestYAML) are read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CheckpointError(.malformed, path: file, "is not UTF-8; save it as UTF-8")
        }
        try Self.checkNesting(bytes, file: file)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Self.sentence(error, file: file)
        } catch {
            throw CheckpointError(.malformed, path: file, "is no YAML (\(error)); mend the file")
        }
        guard let root else {
            throw CheckpointError(
                .malformed, path: file,
                "is empty; give at least one setting, such as preset: default")
        }
        var lines: [[String]: Int] = [:]
        value = try Self.value(root, path: [], lines: &lines, file: file)
        self.lines = lines
    }

    private static func refuse(_ file: String, line: Int, _ explanation: String) -> CheckpointError
    {
        CheckpointError(.malformed, path: file, "line \(line) \(explanation)")
    }

    /// Refuses what would make the parser go deep, or a small text large.
    private static func checkNesting(_ bytes: [UInt8], file: String) throws(CheckpointError) {
        var (line, flows, indentation, isIndentation) = (1, 0, 0, true)
        var previous = UInt8(ascii: "\n")
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if byte == UInt8(ascii: "\n") { line += 1 }
                (indentation, isIndentation) = (0, true)
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-"), UInt8(ascii: "?"),
                UInt8(ascii: ":"):
                if isIndentation { indentation += 1 }
                guard indentation <= deepestIndentation else {
                    throw refuse(
                        file, line: line,
                        "is indented by more than \(deepestIndentation) columns; move it to the left"
                    )
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                isIndentation = false
                flows += 1
                guard flows <= mostFlows else {
                    throw refuse(
                        file, line: line,
                        "opens more than \(mostFlows) brackets; write lists on lines of their own")
                }
            case UInt8(ascii: "&"), UInt8(ascii: "*"):
                let next = place + 1 < bytes.count ? bytes[place + 1] : UInt8(ascii: " ")
                let isAtStart = " \t\r\n[{,:-?".utf8.contains(previous)
                if isAtStart, !" \t\r\n".utf8.contains(next) {
                    throw refuse(
                        file, line: line,
                        "has an anchor or alias (& or *), which are not read; write the value out")
                }
                isIndentation = false
            default: isIndentation = false
            }
            previous = byte
        }
    }

    private static func sentence(_ error: YamlError, file: String) -> CheckpointError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            refuse(file, line: mark.line, "is no YAML (\(problem.legible)); mend it")
        case .duplicatedKeysInMapping(let duplicates, let context):
            refuse(
                file, line: context.mark.line,
                "has the field \((duplicates.first ?? "").quoted) a second time; remove one")
        case .reader(let problem, _, _, _):
            CheckpointError(.malformed, path: file, "is no YAML (\(problem.legible)); mend it")
        default: CheckpointError(.malformed, path: file, "is no YAML; mend the file")
        }
    }

    /// The value of a node, whose fields' lines are noted.
    private static func value(
        _ node: Node, path: [String], lines: inout [[String]: Int], file: String
    ) throws(CheckpointError) -> JSONValue {
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar):
            return scalar.style == .plain ? plain(scalar.string) : .string(scalar.string)
        case .sequence(let sequence):
            var elements: [JSONValue] = []
            for (index, element) in sequence.enumerated() {
                elements.append(
                    try value(element, path: path + ["\(index)"], lines: &lines, file: file))
            }
            return .array(elements)
        case .mapping(let mapping):
            var members = JSONMembers()
            for (key, element) in mapping {
                guard case .scalar(let name) = key else {
                    throw refuse(file, line: line, "has a field whose name is no text")
                }
                let place = path + [name.string]
                lines[place] = key.mark?.line ?? line
                let value = try value(element, path: place, lines: &lines, file: file)
                guard members.insert(value, for: name.string) else {
                    throw refuse(
                        file, line: line, "has the field \(name.string.quoted) a second time")
                }
            }
            return .object(JSONObject(members))
        case .alias: throw refuse(file, line: line, "has an alias, which is not read")
        }
    }

    /// What is written without quotation marks.
    private static func plain(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        let isNumber = text.utf8.allSatisfy { "0123456789+-.eE_".utf8.contains($0) }
        guard isNumber, text.utf8.contains(where: { (0x30...0x39).contains($0) }) else {
            return .string(text)
        }
        let digits = text.replacing("_", with: "")
        if let whole = Int(digits) { return .number("\(whole)") }
        if UInt64(digits) != nil { return .number(digits) }
        guard let number = Double(digits), number.isFinite else { return .string(text) }
        return .number("\(number)")
    }
}
