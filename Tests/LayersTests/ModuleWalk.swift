import AttendLayers

/// What a module stores, found by reflection: the tests' check on what `visit` reaches.
struct ModuleWalk {
    /// Every stored parameter, by the names of the properties that lead to it.
    private(set) var parameters: [(path: String, parameter: Parameter)] = []

    init(_ module: any Module) {
        walk(module, path: "\(type(of: module))")
    }

    private mutating func walk(_ value: Any, path: String) {
        if let parameter = value as? Parameter {
            parameters.append((path, parameter))
            return
        }
        for (index, child) in Mirror(reflecting: value).children.enumerated() {
            walk(child.value, path: path + "." + (child.label ?? String(index)))
        }
    }

    /// The stored parameters that `visit` does not reach, or reaches more than once.
    static func mistakes(in module: some Module) -> [String] {
        var frozen = module
        var visits = 0
        frozen.forEachParameter { _, parameter in
            visits += 1
            parameter.isTrainable = false
        }
        let stored = ModuleWalk(frozen).parameters
        let missing = stored.filter(\.parameter.isTrainable).map { "\($0.path) is not visited" }
        if missing.isEmpty && visits != stored.count {
            return ["\(visits) visits to \(stored.count) parameters"]
        }
        let names = module.parameters.map(\.name)
        return missing + (Set(names).count == names.count ? [] : ["two parameters share a name"])
    }
}
