extension TemplateRenderer {
    /// What a filter makes of a list.
    mutating func sequenceFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let name = filter.rawValue
        switch filter {
        case .length, .count:
            _ = try arguments.bound(for: name, budget)
            return .integer(try length(of: value))
        case .first, .last: return try end(of: value, isFirst: filter == .first)
        case .list: return try sequence(.list, elements(of: value, for: "made a list of"))
        case .join:
            let values = try arguments.bound(to: "d", "attribute", for: name, budget)
            var elements = try elements(of: value, for: "joined")
            if let attribute = values[1] {
                elements = try attributes(attribute, of: elements, orElse: nil)
            }
            return .text(try joined(elements, by: text(of: values[0] ?? .text(""))))
        case .items:
            if case .undefined = value { return try generator([]) }
            guard case .mapping(let mapping) = value else {
                throw budget.fault("takes the items of \(value.kind); only a mapping has them")
            }
            return try generator(items(of: mapping))
        case .dictsort: return try sortedItems(of: value, arguments)
        case .reverse:
            if case .text(let text) = value {
                return .text(TemplateText(units: text.units.reversed()))
            }
            if case .mapping(let mapping) = value { return try generator(mapping.keys.reversed()) }
            return try generator(elements(of: value, for: "reversed").reversed())
        case .sort:
            let values = try arguments.bound(
                to: "reverse", "case_sensitive", "attribute", for: name, budget)
            let keys = try sortingKeys(
                of: elements(of: value, for: "sorted"), attribute: values[2],
                isCaseSensitive: isTrue(values[1] ?? .boolean(false)))
            let isDescending = isTrue(values[0] ?? .boolean(false))
            return try sequence(.list, sorted(keys, isDescending: isDescending))
        case .unique: return try unique(value, arguments)
        case .min, .max:
            let values = try arguments.bound(to: "case_sensitive", "attribute", for: name, budget)
            let keys = try keys(
                of: elements(of: value, for: "searched"), attribute: values[1],
                isCaseSensitive: isTrue(values[0] ?? .boolean(false)))
            // The first of equal ones, whichever end is wanted.
            return try sorted(keys, isDescending: filter == .max).first
                ?? .undefined("the \(name) of nothing")
        case .sum:
            let values = try arguments.bound(to: "attribute", "start", for: name, budget)
            var elements = try elements(of: value, for: "summed")
            if let attribute = values[0] {
                elements = try attributes(attribute, of: elements, orElse: nil)
            }
            var total = values[1] ?? .integer(0)
            for element in elements { total = try combine(total, .plus, element) }
            return total
        case .map: return try mapped(value, arguments)
        default: return try selected(filter, value, arguments)
        }
    }

    /// Python's `len`.
    func length(of value: TemplateValue) throws(ChatTemplateError) -> Int {
        switch value {
        case .undefined: return 0
        case .text(let text): return text.count
        case .sequence(let sequence): return sequence.elements.count
        case .mapping(let mapping): return mapping.count
        default:
            throw budget.fault("takes the length of \(value.kind), which has none; make it a list")
        }
    }

    private mutating func end(
        of value: TemplateValue, isFirst: Bool
    ) throws(ChatTemplateError) -> TemplateValue {
        if case .generator = value, !isFirst {
            throw budget.fault("takes the last element of a generator; make it a list first")
        }
        if case .text(let text) = value {
            let unit = isFirst ? text.units.first : text.units.last
            return unit.map { .text(TemplateText(units: [$0])) }
                ?? .undefined("an end of an empty text")
        }
        let elements = try elements(of: value, for: "searched")
        return (isFirst ? elements.first : elements.last) ?? .undefined("an end of an empty list")
    }

    // MARK: Attributes of elements

    /// An attribute of each element; it may be a path with points, and its parts may be indices.
    private mutating func attributes(
        _ attribute: TemplateValue, of elements: [TemplateValue], orElse value: TemplateValue?
    ) throws(ChatTemplateError) -> [TemplateValue] {
        var path: [TemplateValue] = []
        if case .text(let text) = attribute {
            for part in text.string.split(separator: ".", omittingEmptySubsequences: false) {
                let isIndex = !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                path.append(
                    isIndex
                        ? Int(part).map(TemplateValue.integer) ?? .text(String(part))
                        : .text(String(part)))
            }
        } else if case .integer? = attribute.number {
            path = [attribute]
        } else {
            throw budget.fault("names an attribute by \(attribute.kind); give a text or a number")
        }
        try budget.spend(elements: path.count)
        var results: [TemplateValue] = []
        for element in elements {
            var result = element
            for part in path {
                try budget.spend(steps: 1)
                result = try self.element(at: part, of: result)
                if let value, case .undefined = result { result = value }
            }
            results.append(result)
        }
        try budget.spend(elements: results.count)
        return results
    }

    // MARK: Order

    /// Elements with what they are sorted by, which may be several attributes with commas between.
    private mutating func sortingKeys(
        of elements: [TemplateValue], attribute: TemplateValue?, isCaseSensitive: Bool
    ) throws(ChatTemplateError) -> [(key: TemplateValue, element: TemplateValue)] {
        guard case .text(let names)? = attribute, names.string.contains(",") else {
            return try keys(of: elements, attribute: attribute, isCaseSensitive: isCaseSensitive)
        }
        var columns: [[TemplateValue]] = []
        for name in names.string.split(separator: ",") {
            columns.append(
                try keys(
                    of: elements, attribute: .text(String(name)), isCaseSensitive: isCaseSensitive
                ).map(\.key))
        }
        try budget.spend(elements: columns.count * elements.count)
        return elements.enumerated().map { index, element in
            (key: .sequence(TemplateSequence(.list, columns.map { $0[index] })), element: element)
        }
    }

    /// Elements with what they are ordered by.
    private mutating func keys(
        of elements: [TemplateValue], attribute: TemplateValue?, isCaseSensitive: Bool
    ) throws(ChatTemplateError) -> [(key: TemplateValue, element: TemplateValue)] {
        var keys = elements
        if let attribute { keys = try attributes(attribute, of: elements, orElse: nil) }
        if !isCaseSensitive {
            keys = try keys.map { key throws(ChatTemplateError) in try folded(key) }
        }
        return Array(zip(keys, elements).map { (key: $0, element: $1) })
    }

    private mutating func folded(_ key: TemplateValue) throws(ChatTemplateError) -> TemplateValue {
        guard case .text(let text) = key else { return key }
        try budget.spend(characters: text.count)
        return .text(text.lowercased)
    }

    /// The elements in the order of their keys; equal ones keep theirs.
    private mutating func sorted(
        _ entries: [(key: TemplateValue, element: TemplateValue)], isDescending: Bool
    ) throws(ChatTemplateError) -> [TemplateValue] {
        try budget.spend(elements: 2 * entries.count)
        var entries = entries
        var width = 1
        while width < entries.count {
            var merged: [(key: TemplateValue, element: TemplateValue)] = []
            merged.reserveCapacity(entries.count)
            for start in stride(from: 0, to: entries.count, by: 2 * width) {
                var left = start
                let middle = min(start + width, entries.count)
                var right = middle
                let end = min(start + 2 * width, entries.count)
                while left < middle, right < end {
                    let (a, b) = (entries[left].key, entries[right].key)
                    let isRightFirst =
                        try isDescending
                        ? isOrdered(a, b, orEqual: false, "<")
                        : isOrdered(b, a, orEqual: false, "<")
                    merged.append(entries[isRightFirst ? right : left])
                    if isRightFirst { right += 1 } else { left += 1 }
                }
                merged += entries[left..<middle]
                merged += entries[right..<end]
            }
            entries = merged
            width *= 2
        }
        return entries.map(\.element)
    }

    /// A mapping's entries in the order of their keys.
    mutating func sortedEntries(of mapping: TemplateMapping) throws(ChatTemplateError)
        -> [(key: TemplateValue, value: TemplateValue)]
    {
        let keys = zip(mapping.keys, mapping.items).map { (key: $0, element: $1) }
        return try sorted(keys, isDescending: false).compactMap { pair in
            guard case .sequence(let pair) = pair else { return nil }
            return (pair.elements[0], pair.elements[1])
        }
    }

    private mutating func sortedItems(
        of value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let values = try arguments.bound(
            to: "case_sensitive", "by", "reverse", for: "dictsort", budget)
        guard case .mapping(let mapping) = value else {
            throw budget.fault("sorts \(value.kind) by “dictsort”; only a mapping can be")
        }
        let order = try values[1].map { value throws(ChatTemplateError) in
            try textArgument(value, "dictsort").string
        }
        guard ["key", "value"].contains(order ?? "key") else {
            throw budget.fault("sorts a mapping by \((order ?? "").quoted); give key or value")
        }
        let keys = try keys(
            of: items(of: mapping), attribute: .integer(order == "value" ? 1 : 0),
            isCaseSensitive: isTrue(values[0] ?? .boolean(false)))
        let isDescending = isTrue(values[2] ?? .boolean(false))
        return try sequence(.list, sorted(keys, isDescending: isDescending))
    }

    private mutating func unique(
        _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let values = try arguments.bound(to: "case_sensitive", "attribute", for: "unique", budget)
        let keys = try keys(
            of: elements(of: value, for: "searched"), attribute: values[1],
            isCaseSensitive: isTrue(values[0] ?? .boolean(false)))
        var seen: Set<TemplateKey> = []
        var kept: [TemplateValue] = []
        for entry in keys {
            guard let key = TemplateKey(entry.key) else {
                throw budget.fault(
                    "looks for equal elements among \(entry.key.kind); give texts or numbers")
            }
            if seen.insert(key).inserted { kept.append(entry.element) }
        }
        return try generator(kept)
    }

    // MARK: Selection

    private mutating func mapped(
        _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let elements = try elements(of: value, for: "mapped")
        guard let first = arguments.positional.first else {
            let values = try arguments.bound(to: "attribute", "default", for: "map", budget)
            guard let attribute = values[0] else {
                throw budget.fault("maps a list without a filter or an attribute; give one")
            }
            return try generator(attributes(attribute, of: elements, orElse: values[1]))
        }
        let name = try textArgument(first, "map").string
        var results: [TemplateValue] = []
        for element in elements {
            results.append(try filter(name, element, arguments.withoutFirst))
        }
        return try generator(results)
    }

    private mutating func selected(
        _ filter: TemplateFilter, _ value: TemplateValue, _ arguments: CallArguments
    ) throws(ChatTemplateError) -> TemplateValue {
        let elements = try elements(of: value, for: "searched")
        var tested = elements
        var arguments = arguments
        if filter == .selectattr || filter == .rejectattr {
            guard let attribute = arguments.positional.first else {
                throw budget.fault("calls \(filter.rawValue) without an attribute; give one")
            }
            tested = try attributes(attribute, of: elements, orElse: nil)
            arguments = arguments.withoutFirst
        }
        let name = try arguments.positional.first.map { value throws(ChatTemplateError) in
            try textArgument(value, filter.rawValue).string
        }
        let rest = arguments.withoutFirst
        let keeps = filter == .select || filter == .selectattr
        var kept: [TemplateValue] = []
        for (element, tested) in zip(elements, tested) {
            let isSuch: Bool
            if let name { isSuch = try test(name, tested, rest) } else { isSuch = isTrue(tested) }
            if isSuch == keeps { kept.append(element) }
        }
        return try generator(kept)
    }
}
