/// The floors of the house: which module may import which.
enum Floors {
    /// Every module, the lowest floor first, with the modules directly below it.
    ///
    /// A module may also import what those may import. A name not yet built is here so that it has
    /// a place when it comes.
    static let table: KeyValuePairs<String, [String]> = [
        "AttendKernels": [],
        "AttendTensors": ["AttendKernels"],
        "AttendText": [],
        "AttendFigures": [],
        "AttendLayers": ["AttendTensors"],
        "AttendModels": ["AttendLayers"],
        "AttendCheckpoints": ["AttendModels", "AttendText"],
        "AttendTraining": ["AttendCheckpoints", "AttendFigures"],
        "AttendGeneration": ["AttendCheckpoints"],
        "AttendFineTuning": ["AttendTraining", "AttendGeneration"],
        "AttendInsight": ["AttendGeneration", "AttendFigures"],
        "AttendLessons": ["AttendFineTuning", "AttendInsight"],
        "Attend": ["AttendLessons"],
        "AttendCommand": ["Attend"],
        "AttendStudio": ["AttendLessons"],
    ]

    /// What may be used from other packages, by module.
    static let products: [String: Set<String>] = [
        "AttendCommand": ["ArgumentParser"], "AttendCheckpoints": ["Yams"],
    ]

    /// The modules of this package that `module` may import, or nil where the table lacks it.
    ///
    /// Only AttendTensors speaks to the kernels: an operation is the only way to the processor.
    static func permitted(to module: String) -> Set<String>? {
        guard let direct = table.first(where: { $0.key == module })?.value else { return nil }
        let all = direct.reduce(into: Set(direct)) { $0.formUnion(permitted(to: $1) ?? []) }
        return module == "AttendTensors" ? all : all.subtracting(["AttendKernels"])
    }
}
