internal import Foundation

extension TemplateRenderer {
    /// `left symbol right`, as Python computes it.
    mutating func combine(
        _ left: TemplateValue, _ symbol: TemplateSymbol, _ right: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue {
        if let first = left.number, let second = right.number {
            return try combine(first, symbol, second)
        }
        switch (symbol, left, right) {
        case (.plus, .text(var first), .text(let second)):
            try budget.spend(characters: first.count + second.count)
            first.append(second)
            return .text(first)
        case (.plus, .sequence(let first), .sequence(let second))
        where first.kind == second.kind && (first.kind == .list || first.kind == .tuple):
            return try sequence(first.kind, first.elements + second.elements)
        case (.times, _, _):
            if let repeated = try repetition(of: left, right) { return repeated }
            if let repeated = try repetition(of: right, left) { return repeated }
        case (.modulo, .text, _):
            throw budget.fault(
                "formats a text by “%”, which is not understood here; join texts by “~”")
        default: break
        }
        throw budget.fault(
            "has \(left.kind) \(symbol.rawValue) \(right.kind), which have no result")
    }

    private mutating func repetition(
        of value: TemplateValue, _ times: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue? {
        guard case .integer(let count)? = times.number else { return nil }
        switch value {
        case .text(let text):
            let (total, overflow) = text.count.multipliedReportingOverflow(by: max(0, count))
            try budget.spend(characters: overflow ? .max : total)
            var units: [UInt32] = []
            units.reserveCapacity(total)
            while units.count < total { units += text.units }
            return .text(TemplateText(units: units))
        case .sequence(let sequence) where sequence.kind == .list || sequence.kind == .tuple:
            let (total, overflow) = sequence.elements.count
                .multipliedReportingOverflow(by: max(0, count))
            try budget.spend(elements: overflow ? .max : total)
            var elements: [TemplateValue] = []
            while elements.count < total { elements += sequence.elements }
            return .sequence(TemplateSequence(sequence.kind, elements))
        default: return nil
        }
    }

    private func combine(
        _ left: TemplateNumber, _ symbol: TemplateSymbol, _ right: TemplateNumber
    ) throws(ChatTemplateError) -> TemplateValue {
        let dividesByZero = right.double == 0
        switch symbol {
        case .divide, .floorDivide, .modulo:
            if dividesByZero { throw budget.fault("divides by zero") }
        default: break
        }
        if case .integer(let first) = left, case .integer(let second) = right, symbol != .divide {
            return try combine(first, symbol, second)
        }
        let (first, second) = (left.double, right.double)
        switch symbol {
        case .plus: return .float(first + second)
        case .minus: return .float(first - second)
        case .times: return .float(first * second)
        case .divide: return .float(first / second)
        case .floorDivide: return .float((first / second).rounded(.down))
        case .modulo:
            let remainder = first.truncatingRemainder(dividingBy: second)
            let isOpposite = remainder != 0 && (remainder < 0) != (second < 0)
            return .float(isOpposite ? remainder + second : remainder)
        default:
            let power = pow(first, second)
            if power.isNaN || power.isInfinite {
                throw budget.fault("takes a power that is no number")
            }
            return .float(power)
        }
    }

    private func combine(
        _ left: Int, _ symbol: TemplateSymbol, _ right: Int
    ) throws(ChatTemplateError) -> TemplateValue {
        var result: (partialValue: Int, overflow: Bool)
        switch symbol {
        case .plus: result = left.addingReportingOverflow(right)
        case .minus: result = left.subtractingReportingOverflow(right)
        case .times: result = left.multipliedReportingOverflow(by: right)
        case .floorDivide:
            result = left.dividedReportingOverflow(by: right)
            if !result.overflow, left % right != 0, (left < 0) != (right < 0) {
                result.partialValue -= 1
            }
        case .modulo:
            result = left.remainderReportingOverflow(dividingBy: right)
            if !result.overflow, result.partialValue != 0, (result.partialValue < 0) != (right < 0)
            {
                result.partialValue += right
            }
            // The smallest number modulo -1 is 0, though the processor cannot divide them.
            if result.overflow { result = (0, false) }
        default:
            if right < 0 {
                if left == 0 { throw budget.fault("divides by zero") }
                return .float(pow(Double(left), Double(right)))
            }
            result = power(left, right)
        }
        guard !result.overflow else {
            throw budget.fault("computes a whole number beyond 64 bits")
        }
        return .integer(result.partialValue)
    }

    /// By repeated squaring, so that the exponent may be large where the base is -1, 0 or 1.
    private func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
        var (base, exponent, result) = (base, exponent, 1)
        var overflows = false
        while exponent > 0 {
            if exponent & 1 == 1 {
                let product = result.multipliedReportingOverflow(by: base)
                if product.overflow || overflows { return (0, true) }
                result = product.partialValue
            }
            exponent >>= 1
            // An overflow here counts only if the square is used.
            let square = base.multipliedReportingOverflow(by: base)
            overflows = overflows || square.overflow
            base = square.partialValue
        }
        return (result, false)
    }

    /// `-value` or `+value`.
    func signed(
        _ value: TemplateValue, isNegative: Bool
    ) throws(ChatTemplateError) -> TemplateValue {
        switch value.number {
        case .integer(let number)?:
            if !isNegative { return .integer(number) }
            let (result, overflow) = 0.subtractingReportingOverflow(number)
            if overflow { throw budget.fault("computes a whole number beyond 64 bits") }
            return .integer(result)
        case .float(let number)?: return .float(isNegative ? -number : number)
        case nil: throw budget.fault("gives a sign to \(value.kind); only numbers have one")
        }
    }
}
