import Foundation
import Testing

@Suite("The floors of the house")
struct FloorsTests {
    @Test("The table itself goes upwards: each module builds only on earlier ones")
    func tableIsOrdered() {
        var below: Set<String> = []
        for (module, direct) in Floors.table {
            #expect(below.isSuperset(of: direct), "\(module) builds on a module that comes later")
            below.insert(module)
        }
    }

    @Test("A target depends only on the floors permitted to it", .timeLimit(.minutes(3)))
    func dependencies() throws {
        for target in try PackageDump.current.get().targets where target.type != "test" {
            if target.path?.hasPrefix("Examples/") == true {
                #expect(
                    target.dependencies.allSatisfy { $0.name == "Attend" },
                    "the example \(target.name) may depend on Attend alone")
                continue
            }
            let permitted = try #require(
                Floors.permitted(to: target.name),
                "\(target.name) has no floor: give it a row in Tests/ArchitectureTests/Floors.swift"
            )
            let products = Floors.products[target.name] ?? []
            for dependency in target.dependencies {
                #expect(
                    (dependency.isProduct ? products : permitted).contains(dependency.name),
                    "\(target.name) may not depend on \(dependency.name)")
            }
        }
    }

    @Test("A file imports only modules of the floors permitted to its own")
    func imports() throws {
        for file in try SourceFile.all(below: "Sources") {
            let permitted = try #require(
                Floors.permitted(to: file.module), "\(file.path) lies in a folder without a floor")
            for (module, line) in file.imports where module.hasPrefix("Attend") {
                #expect(
                    permitted.contains(module),
                    "\(file.path):\(line): \(file.module) may not import \(module)")
            }
        }
    }

    @Test("Test targets are named after a module", .timeLimit(.minutes(3)))
    func testNames() throws {
        let modules =
            Floors.table.map { $0.key.replacing("Attend", with: "") } + ["Architecture", "Fuzz"]
        for target in try PackageDump.current.get().targets where target.type == "test" {
            #expect(
                modules.contains { target.name == "\($0)Tests" },
                "\(target.name) is named after no module")
        }
    }
}
