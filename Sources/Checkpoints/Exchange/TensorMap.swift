/// Where the elements of one parameter stand in files of another program, and where those of the file belong.
///
/// One description serves both directions. A parameter of the shape `[rows, …]` is a matrix of `rows` rows; each part
/// fills some of them, and together the parts fill all.
package struct TensorMap: Hashable, Sendable {
    /// The parameter's name, such as `h.0.attn.c_attn.weight`.
    package let name: String
    /// The parameter's dimensions.
    package let shape: [Int]
    /// What fills it, in the order of its rows.
    package let parts: [TensorPart]

    /// A parameter that several tensors, or parts of them, make up.
    package init(_ name: String, _ shape: [Int], parts: [TensorPart]) {
        self.name = name
        self.shape = shape
        self.parts = parts
    }

    /// A parameter that is one tensor of the file.
    package init(
        _ name: String, _ shape: [Int], from tensor: String,
        arrangement: Arrangement = .same
    ) {
        let theirs = arrangement.isTransposed ? Array(shape.reversed()) : shape
        self.init(
            name, shape,
            parts: [
                TensorPart(tensor, theirs, rows: 0..<(shape.first ?? 1), arrangement: arrangement)
            ])
    }

    /// A parameter whose rows several tensors of the file make up, one after the other.
    ///
    /// - Parameters:
    ///   - width: how wide the rows are; nil for a vector.
    ///   - tensors: the tensors' names and how many rows each has.
    package init(_ name: String, width: Int?, joining tensors: [(name: String, rows: Int)]) {
        var parts: [TensorPart] = []
        var row = 0
        for (tensor, count) in tensors {
            parts.append(
                TensorPart(tensor, [count] + (width.map { [$0] } ?? []), rows: row..<row + count))
            row += count
        }
        self.init(name, [row] + (width.map { [$0] } ?? []), parts: parts)
    }

    /// How many rows the parameter has as a matrix.
    var rowCount: Int { shape.first ?? 1 }
    /// How wide they are.
    var rowWidth: Int { shape.dropFirst().reduce(1, *) }
}

/// A tensor of a file, or a block of one, that fills some rows of a parameter.
package struct TensorPart: Hashable, Sendable {
    /// The tensor's name in the file.
    package let name: String
    /// The tensor's dimensions in the file.
    package let shape: [Int]
    /// Which step of the tensor's first axis this part is, where the tensor packs several; all of it where nil.
    package let block: Int?
    /// How many rows of the file's tensor come first and belong to nothing: never read, and written as zeros.
    package let unusedRows: Int
    /// The rows of the parameter that it fills.
    package let rows: Range<Int>
    /// How the elements stand in the file.
    package let arrangement: Arrangement

    /// A part of a parameter.
    package init(
        _ name: String, _ shape: [Int], block: Int? = nil, unusedRows: Int = 0, rows: Range<Int>,
        arrangement: Arrangement = .same
    ) {
        self.unusedRows = unusedRows
        self.name = name
        self.shape = shape
        self.block = block
        self.rows = rows
        self.arrangement = arrangement
    }

    /// How many elements the part has.
    var elementCount: Int {
        (block == nil ? shape[...] : shape.dropFirst()).reduce(1, *) - unusedElementCount
    }
    /// How many elements of the tensor come first and belong to nothing.
    var unusedElementCount: Int { unusedRows * shape.dropFirst().reduce(1, *) }
    /// Where its first element stands in the tensor.
    var firstElement: Int { unusedElementCount + (block ?? 0) * elementCount }

    /// The same part of a tensor of another name.
    func renamed(_ name: String) -> TensorPart {
        TensorPart(
            name, shape, block: block, unusedRows: unusedRows, rows: rows, arrangement: arrangement)
    }
}

/// How the elements of a part stand in the file, compared with the rows of the parameter.
package struct Arrangement: Hashable, Sendable {
    /// Whether the file has columns for the parameter's rows, as GPT-2's `Conv1D` has: y = x W.
    package var isTransposed: Bool
    /// In groups of this many rows, the file takes turns between the group's first half and its second:
    /// file rows 0, 1, 2, 3 are the rows 0, n/2, 1, n/2 + 1 of the group; nil where rows follow each other as in the file.
    ///
    /// Rotary pairs that are neighbours rather than halves stand like this (a group is a head), and so do the gates
    /// and values of gpt-oss (a group is all of them).
    package var alternatingGroup: Int?
    /// In groups of this many rows, the first of two kinds and then the second, where the parameter has all rows of the
    /// first kind and then all of the second; not of a transposed matrix.
    ///
    /// A latent's way up to keys and values stands like this: a group is a head.
    package var twoKindsGroup: TwoKinds?
    /// Whether the file has first the parameter's even rows and then its odd ones.
    ///
    /// The rows 0, 1, …, n/2, n/2 + 1, … of the file are then the rows 0, 2, …, 1, 3, … of the
    /// parameter. Models whose sines stand before their cosines count the residual stream like
    /// this. What reads and writes it is
    /// reordered as a whole, so the model computes the same, but for the order of additions.
    package var rowsStandInHalves: Bool
    /// The same for columns; not of a transposed matrix.
    package var columnsStandInHalves: Bool

    /// An arrangement.
    package init(
        isTransposed: Bool = false, alternatingGroup: Int? = nil, rowsStandInHalves: Bool = false,
        columnsStandInHalves: Bool = false, twoKindsGroup: TwoKinds? = nil
    ) {
        self.twoKindsGroup = twoKindsGroup
        self.isTransposed = isTransposed
        self.alternatingGroup = alternatingGroup
        self.rowsStandInHalves = rowsStandInHalves
        self.columnsStandInHalves = columnsStandInHalves
    }

    /// The file has the parameter's rows, one after the other.
    package static let same = Arrangement()
    /// The file has the parameter's columns, one after the other.
    package static let transposed = Arrangement(isTransposed: true)
    /// The file takes turns between the halves of each group of rows.
    package static func alternating(_ group: Int) -> Arrangement {
        Arrangement(alternatingGroup: group)
    }

    /// How many rows stand together; 1 where each stands alone.
    var group: Int { alternatingGroup ?? twoKindsGroup.map { $0.first + $0.second } ?? 1 }

    /// How many rows of each of two kinds a group has.
    package struct TwoKinds: Hashable, Sendable {
        /// Of the kind that comes first.
        package let first: Int
        /// Of the other.
        package let second: Int

        /// A group of rows.
        package init(_ first: Int, _ second: Int) {
            self.first = first
            self.second = second
        }

        /// Where row `row` of the file stands among `count`, all of the first kind before all of the second.
        func sorted(_ row: Int, of count: Int) -> Int {
            let (number, place) = row.quotientAndRemainder(dividingBy: first + second)
            if place < first { return number * first + place }
            return count / (first + second) * first + number * second + place - first
        }
    }

    /// The row of the parameter's part, which has `count` rows, that row `row` of the file is.
    func parameterRow(ofFileRow row: Int, of count: Int) -> Int {
        if rowsStandInHalves { return Self.placeOfHalves(row, of: count) }
        if let twoKindsGroup { return twoKindsGroup.sorted(row, of: count) }
        guard let group = alternatingGroup else { return row }
        let place = row % group
        return row - place + place % 2 * (group / 2) + place / 2
    }

    /// The column of the parameter that column `column` of the file is.
    func parameterColumn(ofFileColumn column: Int, of count: Int) -> Int {
        columnsStandInHalves ? Self.placeOfHalves(column, of: count) : column
    }

    /// Where the evens come first, place by place, of an odd count one more than of the odds.
    private static func placeOfHalves(_ place: Int, of count: Int) -> Int {
        let evens = (count + 1) / 2
        return place < evens ? 2 * place : 2 * (place - evens) + 1
    }
}
