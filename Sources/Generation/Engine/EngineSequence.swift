internal import AttendTensors

/// A request that an engine has taken on: its text so far, and where its keys and values lie.
struct EngineSequence: Sendable {
    let id: GenerationRequest.ID
    let promptTokenCount: Int
    /// Sentences for the user about the prompt.
    let notices: [String]
    /// What happens once the context is full.
    let overflow: ContextOverflow
    /// The tokens in sight.
    var tokens: [Int32]
    var chooser: TokenChooser
    var text: TextAssembly
    var logProbability: Double?
    /// How many tokens of the prompt it found in the caches; nil before it was first taken on.
    var sharedTokenCount: Int?

    /// How many of the tokens in sight are in the caches.
    private(set) var held = 0
    private(set) var pages: [Int32] = []
    /// The full pages that the pool knows of.
    private var notedCount = 0
    private var chain = PagePool.Chain.start

    init(
        id: GenerationRequest.ID, tokens: [Int32], prompt: PromptTokens, chooser: TokenChooser,
        text: TextAssembly, settings: GenerationSettings
    ) {
        self.id = id
        self.tokens = tokens
        promptTokenCount = prompt.readCount
        notices = prompt.notices
        self.chooser = chooser
        self.text = text
        overflow = settings.whenFull
        logProbability = settings.isScored ? 0 : nil
    }

    /// How many tokens the model has not read: one while a text is being written.
    var unreadCount: Int { tokens.count - held }

    /// How many more pages its tokens in sight need.
    func missingPages(in pool: PagePool) -> Int {
        pool.pagesNeeded(for: tokens.count) - pages.count
    }

    /// Begins with what the pool holds already of its tokens; false, and without pages, where the rest has no room.
    ///
    /// - Parameter promised: how many of the pool's pages others will need.
    mutating func begin(in pool: inout PagePool, promised: Int = 0) -> Bool {
        (pages, chain) = pool.share(tokens)
        notedCount = pages.count
        held = pages.count * pool.pageTokens
        if missingPages(in: pool) + promised > pool.availableCount {
            leave(&pool)
            return false
        }
        if sharedTokenCount == nil { sharedTokenCount = held }
        return true
    }

    /// Gets pages for so many more tokens; false where there are none, with those that it got.
    mutating func reserve(_ count: Int, in pool: inout PagePool) -> Bool {
        while pages.count < pool.pagesNeeded(for: held + count) {
            guard let page = pool.take() else { return false }
            pages.append(page)
        }
        return true
    }

    /// The next tokens, as a part of a pass.
    func run(of count: Int) -> SequenceRun {
        SequenceRun(count: count, held: held, pages: pages)
    }

    /// Notes that so many more tokens are in the caches.
    mutating func noteRead(_ count: Int, in pool: inout PagePool) {
        held += count
        while (notedCount + 1) * pool.pageTokens <= held {
            let begin = notedCount * pool.pageTokens
            chain = pool.note(
                pages[notedCount], holds: Array(tokens[begin..<begin + pool.pageTokens]),
                after: chain)
            notedCount += 1
        }
    }

    /// Gives all pages back, so that everything in sight is to be read anew.
    mutating func leave(_ pool: inout PagePool) {
        pool.release(pages)
        pages = []
        held = 0
        notedCount = 0
        chain = .start
    }
}
