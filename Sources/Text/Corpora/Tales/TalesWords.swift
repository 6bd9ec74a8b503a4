// The words of the built-in corpus. To make it harder or easier to learn, lengthen or shorten a list;
// the entropy rate and the lengths are computed from these lists, and the tests hold whatever they are.

/// The features and the words of ``Tales``.
///
/// No two words of a list may be equal, and no word of a list may begin a phrase that could be read in
/// two ways; a test proves that every story has one reading. Most lists have 16 words, with different
/// first letters as far as possible: the choice is then made at the first letter, which is quick to learn and hard
/// to guess.
enum TalesWords {
    // MARK: Features: chosen once for a story, shown in several sentences

    /// Who the story is about: name, subject, possessive, capital possessive, possessive pronoun.
    ///
    /// No two names begin alike, so that a model that recalls the first letter recalls the name.
    static let hero = Feature(
        "Ada, She, her, Her, hers",
        "Ben, He, his, His, his",
        "Cleo, She, her, Her, hers",
        "Eve, She, her, Her, hers",
        "Finn, He, his, His, his",
        "Gwen, She, her, Her, hers",
        "Hugo, He, his, His, his",
        "Ivy, She, her, Her, hers",
        "Jack, He, his, His, his",
        "Lucy, She, her, Her, hers",
        "Max, He, his, His, his",
        "Nell, She, her, Her, hers",
        "Otto, He, his, His, his",
        "Pip, He, his, His, his",
        "Rose, She, her, Her, hers",
        "Tom, He, his, His, his")

    /// What the hero wants: article, noun, object pronoun, verb.
    static let object = Feature(
        "a, clock, it, was",
        "a, drum, it, was",
        "a, fiddle, it, was",
        "a, hat, it, was",
        "a, jug, it, was",
        "a, kite, it, was",
        "a, lamp, it, was",
        "a, pipe, it, was",
        "a, quilt, it, was",
        "a, ring, it, was",
        "a, trumpet, it, was",
        "a, whistle, it, was",
        "some, boots, them, were",
        "some, gloves, them, were",
        "some, mugs, them, were",
        "some, skates, them, were")

    /// What the hero is told to do, and then did.
    static let remedy = Feature(
        "Bow, bowed", "Clap, clapped", "Dance, danced", "Giggle, giggled", "Hum, hummed",
        "Knock, knocked", "March, marched", "Wait, waited")

    static let name = Phrase.form(feature: 0, form: 0)
    static let subject = Phrase.form(feature: 0, form: 1)
    static let possessive = Phrase.form(feature: 0, form: 2)
    static let capitalPossessive = Phrase.form(feature: 0, form: 3)
    static let hers = Phrase.form(feature: 0, form: 4)
    static let article = Phrase.form(feature: 1, form: 0)
    static let noun = Phrase.form(feature: 1, form: 1)
    static let it = Phrase.form(feature: 1, form: 2)
    static let was = Phrase.form(feature: 1, form: 3)
    static let advice = Phrase.form(feature: 2, form: 0)
    static let followed = Phrase.form(feature: 2, form: 1)

    // MARK: Words: chosen anew wherever they are used

    /// What the hero is like.
    static let trait = Phrase.words(
        """
        shy, bold, kind, poor, young, tiny, round, lazy, jolly, clever, gentle, hungry, \
        quiet, noisy, fluffy, white
        """)

    /// What the hero is.
    static let animal = Phrase.words(
        """
        mole, hare, fox, toad, cat, goat, duck, pig, bear, rabbit, otter, newt, vole, lamb, \
        snail, wren
        """)

    /// Those who may admire what the hero got.
    static let animals = Phrase.words(
        """
        moles, hares, foxes, toads, cats, goats, ducks, pigs, bears, rabbits, otters, newts, \
        voles, lambs, snails, wrens
        """)

    /// How the hero wanted it.
    static let wanted = Phrase.words("wanted, needed, sought, craved")

    /// What the wanted thing is like.
    static let quality = Phrase.words(
        """
        red, blue, green, black, white, pink, yellow, silver, tiny, huge, fine, lucky, magic, \
        dusty, new, cheap
        """)

    /// How the trouble begins.
    static let but = Phrase.words("But, Yet")

    /// What the one in the way is like.
    static let vice = Phrase.words(
        """
        grumpy, greedy, sly, cruel, rude, wicked, fierce, mean, vain, nosy, bossy, pushy, \
        hungry, dull, lazy, tough
        """)

    /// Who is in the way.
    static let villain = Phrase.words(
        """
        giant, dragon, troll, witch, king, queen, bull, lion, pirate, robber, crow, miller, \
        farmer, snake, judge, ogre
        """)

    /// What the one in the way does with the wanted thing.
    static let kept = Phrase.words("kept, hid, stored, buried")

    /// Where it is, beside a place.
    static let beside = Phrase.words("under, behind, near, inside")

    /// Where it is, and where the hero goes.
    static let place = Phrase.words(
        """
        mill, bridge, barn, well, inn, church, tower, castle, forge, garden, dairy, school, \
        palace, hill, lake, river
        """)

    /// How the advice is to be followed.
    static let manner = Phrase.words(
        """
        twice, thrice, again, softly, loudly, kindly, bravely, gently, proudly, warmly, \
        calmly, neatly, outside, for fun, in rhyme, daily
        """)

    /// How the helper speaks.
    static let said = Phrase.words("said, cried, yawned, beamed, piped, mused, agreed, winked")

    /// What the helper is like.
    static let virtue = Phrase.words(
        """
        wise, old, tall, sweet, rich, dear, kind, brave, clever, funny, gentle, jolly, \
        modest, honest, lively, quiet
        """)

    /// Who the helper is to the hero.
    static let helper = Phrase.words("aunt, uncle, mother, father, sister, cousin, doctor, nephew")

    /// By when all is well.
    static let time = Phrase.words(
        """
        noon, dusk, dawn, Monday, Tuesday, Friday, Sunday, Easter, spring, summer, autumn, \
        winter, March, June, bedtime, lunch
        """)

    /// How the happiness shows.
    static let felt = Phrase.words("was, felt")

    /// How one is when all is well.
    static let mood = Phrase.words(
        """
        happy, merry, glad, proud, calm, jolly, brave, lively, young, rich, warm, free, \
        dreamy, smug, tall, noble
        """)

    /// How long, and how many.
    static let number = Phrase.words("two, three, four, five, six, seven, eight, nine")

    /// How long.
    static let unit = Phrase.words("days, weeks, months, years")

    /// How the hero goes away.
    static let moved = Phrase.words(
        """
        skipped, danced, hopped, ran, walked, marched, trotted, bounced
        """)

    /// Where the hero goes, beside a place.
    static let to = Phrase.words("to, past")
}
