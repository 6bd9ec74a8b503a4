/// Simple English and its translation into a made-up language, by rules without exception.
///
/// A sentence is, in this order: who acts, a verb, on what, and perhaps a place and an adverb:
/// `the small dogs do not follow a red cat near the house today`. In the other language:
///
/// 1. An adverb comes first, the verb last; a place stands before the verb, its preposition after its noun.
/// 2. Adjectives stand after their noun, in the same order.
/// 3. Nouns are masculine or feminine. The noun, its article and its adjectives share one ending: -o and -i
///    (masculine, one and several), -a and -e (feminine, one and several).
/// 4. The verb agrees with who acts: -et and -ent (one and several) in the present, -avet and -avent in
///    the past. `ne` before it denies it.
///
/// So the translation is `hodin li kani mini una misha ruba la doma apud ne sekent`. A model must find which
/// noun a word belongs to, look up its gender, and move words; a word alone does not tell its translation.
/// The translation of each sentence is unique, as every English word has one stem and one role.
enum Phrases {
    /// A noun: in English, its stem, and whether it is feminine.
    struct Noun: Sendable {
        let english: String
        let stem: String
        let isFeminine: Bool
    }

    static let persons = nouns(
        """
        dog kan m, cat mish f, horse kaval m, bird avil f, farmer rustan m, doctor medin f, \
        teacher skolar f, girl filin f, boy pueron m, king regal m, queen regil f, baker panar m
        """)

    static let things = nouns(
        """
        house dom f, lamp lumen f, book libr m, boat navil m, apple pomel f, letter skript f, \
        basket korb m, clock horol m, door port f, coat mantel m, mirror spekul m, table mensal f
        """)

    static let adjectives = words(
        """
        red rub, small min, old vetul, new noven, kind gentil, quiet tranil, clever astut, \
        heavy graven, bright klaren, green verdil
        """)

    static let verbs = words(
        """
        follow sek, paint pingul, open aprin, clean lavor, want volit, pull tiren, lift levan, \
        help jutor, call voken, show monstrel
        """)

    static let prepositions = words("near apud, behind retro, under subin, beside ladun")

    static let adverbs = words("today hodin, often saepel, again denov, slowly lentim")

    /// Who or what, with article and adjectives, in both languages.
    struct NounPhrase {
        let english: String
        let translation: String
        let isPlural: Bool

        init(_ nouns: [Noun], _ random: inout CounterRandom) {
            let noun = nouns[random.next(below: nouns.count)]
            isPlural = random.next(below: 2) == 1
            let isDefinite = random.next(below: 2) == 1
            var count = [0, 0, 1, 1, 2][random.next(below: 5)]
            var chosen: [(english: String, stem: String)] = []
            while count > 0 {
                let adjective = adjectives[random.next(below: adjectives.count)]
                if chosen.contains(where: { $0.stem == adjective.stem }) { continue }
                chosen.append(adjective)
                count -= 1
            }
            let ending = noun.isFeminine ? isPlural ? "e" : "a" : isPlural ? "i" : "o"
            let first = chosen.first?.english ?? noun.english
            let article =
                isDefinite
                ? "the" : isPlural ? "some" : "aeiou".contains(first.prefix(1)) ? "an" : "a"
            english =
                ([article] + chosen.map(\.english) + [noun.english + (isPlural ? "s" : "")])
                .joined(separator: " ")
            translation =
                ([isDefinite ? "l" : isPlural ? "kelk" : "un", noun.stem] + chosen.map(\.stem))
                .map { $0 + ending }.joined(separator: " ")
        }
    }

    /// Draws a sentence with its translation.
    static func sentence(_ random: inout CounterRandom) -> Task.Example {
        let subject = NounPhrase(persons, &random)
        let object = NounPhrase(random.next(below: 2) == 0 ? persons : things, &random)
        let verb = verbs[random.next(below: verbs.count)]
        let isPast = random.next(below: 2) == 1
        let isDenied = random.next(below: 4) == 0
        var english = [subject.english]
        if isDenied {
            english += [isPast ? "did" : subject.isPlural ? "do" : "does", "not", verb.english]
        } else {
            english.append(verb.english + (isPast ? "ed" : subject.isPlural ? "" : "s"))
        }
        english.append(object.english)
        var translation = [subject.translation, object.translation]
        if random.next(below: 3) == 0 {
            let preposition = prepositions[random.next(below: prepositions.count)]
            let place = NounPhrase(things, &random)
            english += [preposition.english, place.english]
            translation += [place.translation, preposition.stem]
        }
        if random.next(below: 3) == 0 {
            let adverb = adverbs[random.next(below: adverbs.count)]
            english.append(adverb.english)
            translation.insert(adverb.stem, at: 0)
        }
        if isDenied { translation.append("ne") }
        translation.append(
            verb.stem + (isPast ? "av" : "") + (subject.isPlural ? "ent" : "et"))
        return Task.Example(
            english.joined(separator: " "), translation.joined(separator: " "))
    }

    private static func nouns(_ list: String) -> [Noun] {
        commaSeparated(list).map { item in
            let parts = item.split(separator: " ").map(String.init)
            return Noun(english: parts[0], stem: parts[1], isFeminine: parts[2] == "f")
        }
    }

    private static func words(_ list: String) -> [(english: String, stem: String)] {
        commaSeparated(list).map { item in
            let parts = item.split(separator: " ").map(String.init)
            return (parts[0], parts[1])
        }
    }
}

extension Task {
    /// A sentence and its translation; see ``Phrases``.
    static let phrases = Task(sourceName: "English", targetName: "made-up") { random in
        Phrases.sentence(&random)
    }
}
