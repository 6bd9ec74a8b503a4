import AttendCheckpoints
import Testing

struct PathNamesTests {
    @Test(arguments: [
        ("a/b", "a"), ("a", "."), ("/a", "/"), ("/", "/"), ("a/b/", "a"), ("./a", "."),
    ])
    func parents(path: String, parent: String) {
        #expect(path.parentPath == parent)
    }

    @Test func components() {
        #expect("a".appending(component: "b") == "a/b")
        #expect("/".appending(component: "b") == "/b")
        #expect("a/b/".lastComponent == "b")
    }
}
