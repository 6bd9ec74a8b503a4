/// The values that a call, a filter or a test is given.
struct CallArguments {
    var positional: [TemplateValue] = []
    var named: [(name: String, value: TemplateValue)] = []

    /// The values in the order of the parameters' names, nil for those not given.
    ///
    /// - Parameter callee: what is called, for the error.
    func bound(
        to parameters: String..., for callee: String, _ budget: RenderingBudget
    ) throws(ChatTemplateError) -> [TemplateValue?] {
        guard positional.count <= parameters.count else {
            throw budget.fault(
                "gives \(callee) \(positional.count) arguments where it has \(parameters.count)")
        }
        var values: [TemplateValue?] = positional
        values += [TemplateValue?](repeating: nil, count: parameters.count - positional.count)
        for (name, value) in named {
            guard let index = parameters.firstIndex(of: name) else {
                let nearest = nearestName(to: name, in: parameters)
                throw budget.fault(
                    "gives \(callee) the argument \(name.quoted), which it does not have"
                        + (nearest.map { "; did you mean \($0.quoted)?" } ?? ""))
            }
            guard values[index] == nil else {
                throw budget.fault("gives \(callee) the argument \(name.quoted) twice; remove one")
            }
            values[index] = value
        }
        return values
    }

    /// The arguments without the first one.
    var withoutFirst: CallArguments {
        CallArguments(positional: Array(positional.dropFirst()), named: named)
    }
}
