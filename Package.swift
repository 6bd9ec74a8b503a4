// swift-tools-version: 6.2

import PackageDescription

/// What every Swift target is compiled with.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A floor of the house: a module, the folder it lives in and the modules directly below it.
func floor(_ folder: String, on dependencies: [Target.Dependency]) -> Target {
    .target(
        name: folder == "Attend" ? folder : "Attend\(folder)",
        dependencies: dependencies,
        path: "Sources/\(folder)",
        swiftSettings: settings)
}

func tests(_ module: String, on dependencies: [Target.Dependency] = [], resources: [Resource] = [])
    -> Target
{
    .testTarget(
        name: "\(module)Tests",
        dependencies: dependencies,
        path: "Tests/\(module)Tests",
        resources: resources,
        swiftSettings: settings)
}

/// The parsers under mutated inputs: a test, or for Scripts/fuzz.sh --coverage a program that libFuzzer drives.
func fuzzing() -> Target {
    let parsers: [Target.Dependency] = [
        "AttendText", "AttendTensors", "AttendLayers", "AttendModels", "AttendCheckpoints",
        "AttendTraining",
    ]
    if Context.environment["ATTEND_FUZZ_COVERAGE"] == nil {
        return .testTarget(
            name: "FuzzTests", dependencies: parsers, path: "Tests/FuzzTests",
            exclude: ["Coverage"], resources: [.copy("FuzzCorpus")], swiftSettings: settings)
    }
    return .executableTarget(
        name: "CoverageFuzzer", dependencies: parsers, path: "Tests/FuzzTests",
        exclude: ["FuzzCorpus", "FuzzTests.swift", "FuzzRunTests.swift"], swiftSettings: settings)
}

let package = Package(
    name: "Attend",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Attend", targets: ["Attend"]),
        .executable(name: "attend", targets: ["AttendCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .target(
            name: "AttendKernels",
            path: "Sources/Kernels",
            linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS, .iOS]))]),
        floor("Tensors", on: ["AttendKernels"]),
        floor("Text", on: []),
        floor("Figures", on: []),
        floor("Layers", on: ["AttendTensors"]),
        floor("Models", on: ["AttendLayers", "AttendTensors"]),
        floor(
            "Checkpoints",
            on: [
                "AttendModels", "AttendLayers", "AttendTensors", "AttendText",
                .product(name: "Yams", package: "Yams"),
            ]),
        floor(
            "Training",
            on: [
                "AttendCheckpoints", "AttendModels", "AttendLayers", "AttendTensors", "AttendText",
                "AttendFigures",
            ]),
        floor(
            "Generation",
            on: [
                "AttendCheckpoints", "AttendModels", "AttendLayers", "AttendTensors", "AttendText",
            ]),
        floor(
            "Attend",
            on: [
                "AttendTensors", "AttendText", "AttendFigures", "AttendLayers", "AttendModels",
                "AttendCheckpoints",
                "AttendTraining", "AttendGeneration",
            ]),
        .executableTarget(
            name: "AttendCommand",
            dependencies: [
                "Attend", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/Command",
            swiftSettings: settings),
        tests("Figures", on: ["AttendFigures"]),
        tests("Checkpoints", on: ["AttendCheckpoints"], resources: [.copy("Fixtures")]),
        tests("Training", on: ["AttendTraining"], resources: [.copy("Fixtures")]),
        tests(
            "Generation", on: ["AttendGeneration", "AttendTraining"],
            resources: [.copy("Fixtures")]),
        tests("Kernels", on: ["AttendKernels"]),
        tests("Tensors", on: ["AttendTensors"]),
        tests("Layers", on: ["AttendLayers", "AttendTensors"]),
        tests(
            "Models",
            on: ["AttendModels", "AttendLayers", "AttendTensors", "AttendCheckpoints"],
            resources: [.copy("Fixtures")]),
        tests("Text", on: ["AttendText"], resources: [.copy("Fixtures")]),
        tests("Command", on: ["Attend", "AttendCommand"]),
        fuzzing(),
        tests("Architecture"),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
