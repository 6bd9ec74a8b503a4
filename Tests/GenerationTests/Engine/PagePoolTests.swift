import AttendGeneration
import Testing

@Suite("Pages of the caches")
struct PagePoolTests {
    /// Takes pages for whole pages of tokens and notes what they hold.
    private func fill(
        _ pool: inout PagePool, _ tokens: [Int32], from pages: [Int32] = [],
        _ chain: PagePool.Chain = .start
    ) -> [Int32] {
        var (pages, chain) = (pages, chain)
        let size = pool.pageTokens
        while (pages.count + 1) * size <= tokens.count {
            guard let page = pool.take() else { break }
            let begin = pages.count * size
            chain = pool.note(page, holds: Array(tokens[begin..<begin + size]), after: chain)
            pages.append(page)
        }
        return pages
    }

    @Test("each page is handed out once, and then there are none")
    func takes() {
        var pool = PagePool(pageCount: 5, pageTokens: 2)
        let pages = (0..<5).compactMap { _ in pool.take() }
        #expect(Set(pages) == [0, 1, 2, 3, 4])
        let none = pool.take()
        #expect(none == nil)
        #expect(pool.availableCount == 0)
        pool.release([pages[3], pages[1]])
        #expect(pool.availableCount == 2)
        let again = [pool.take(), pool.take(), pool.take()]
        #expect(again == [pages[3], pages[1], nil])
    }

    @Test("full pages are found by their tokens and those before them")
    func shares() {
        var pool = PagePool(pageCount: 6, pageTokens: 2)
        let pages = fill(&pool, [1, 2, 3, 4])
        let texts: [[Int32]] = [[1, 2, 3, 4, 5], [1, 2, 3, 4], [3, 4, 5], [1, 2, 9, 4, 5]]
        let shared = texts.map { pool.share($0).pages }
        // Of a text that is whole in the pages the last token is computed all the same.
        #expect(shared == [pages, [pages[0]], [], [pages[0]]])
        #expect(pool.availableCount == 4)
        pool.release(pages)
        pool.release(pages)
        pool.release([pages[0]])
        #expect(pool.availableCount == 5, "one use of the first is left")
        pool.release([pages[0]])
        #expect(pool.availableCount == 6)
    }

    @Test("the same tokens in two pages go on as one")
    func twins() {
        var pool = PagePool(pageCount: 6, pageTokens: 1)
        let first = fill(&pool, [7, 8])
        let second = fill(&pool, [7, 8, 9])
        let shared = pool.share([7, 8, 9, 0]).pages
        #expect(shared == [first[0], first[1], second[2]])
    }

    @Test(
        "pages without users are given to others, the least recently used first, ends before beginnings"
    )
    func evicts() {
        var pool = PagePool(pageCount: 4, pageTokens: 1)
        let old = fill(&pool, [1, 2])
        let new = fill(&pool, [5, 6])
        pool.release(old)
        pool.release(new)
        let first = pool.take()
        #expect(first == old[1])
        let kept = pool.share([1, 2, 0]).pages
        #expect(kept == [old[0]])
        let second = pool.take()
        #expect(second == new[1], "what was just used is used")
        let found = pool.share([5, 6, 0]).pages
        #expect(found == [new[0]])
        let third = pool.take()
        #expect(third == nil)
    }
}
