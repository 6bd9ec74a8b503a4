// The words of the built-in corpus. To make it harder or easier to learn, lengthen or shorten a list;
// the entropy rate and the lengths are computed from these lists, and the tests hold whatever they are.

/// The features and the words of ``Tales``.
///
/// No two words of a list may be equal, and no word of a list may begin a phrase that could be read in
/// two ways; a test proves that every story has one reading. Most lists have 32 words: in equal
/// numbers of letters, many equal chances are both quick to learn and hard to guess.
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
        "Ask, asked", "Bow, bowed", "Clap, clapped", "Dance, danced",
        "Giggle, giggled", "Hum, hummed", "Juggle, juggled", "Knock, knocked",
        "Laugh, laughed", "March, marched", "Nod, nodded", "Plead, pleaded",
        "Run, ran", "Sing, sang", "Trade, traded", "Wait, waited")

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
        shy, bold, kind, poor, young, tiny, round, lazy, jolly, clever, gentle, hungry, sleepy, \
        proud, quiet, noisy, plump, lonely, fluffy, grey, brown, white, tidy, merry, small, \
        tall, thin, mild, spry, wee, calm, dusty
        """)

    /// What the hero is.
    static let animal = Phrase.words(
        """
        mole, hare, fox, frog, toad, mouse, cat, goat, duck, goose, hen, pig, bear, badger, \
        rabbit, otter, robin, newt, vole, lamb, pony, snail, crab, owl, seal, wren, mule, swan, \
        dove, lark, stoat, bee
        """)

    /// Those who may admire what the hero got.
    static let animals = Phrase.words(
        """
        moles, hares, foxes, frogs, toads, mice, cats, goats, ducks, geese, hens, pigs, bears, \
        badgers, rabbits, otters, robins, newts, voles, lambs, ponies, snails, crabs, owls, \
        seals, wrens, mules, swans, doves, larks, stoats, bees
        """)

    /// How the hero wanted it.
    static let wanted = Phrase.words(
        """
        wanted, needed, wished for, longed for, dreamed of, hoped for, asked for, saved for
        """)

    /// What the wanted thing is like.
    static let quality = Phrase.words(
        """
        red, blue, green, black, white, pink, purple, yellow, golden, silver, tiny, huge, fine, \
        plain, shiny, pretty, lucky, magic, royal, rare, heavy, dusty, simple, lovely, grey, \
        brown, new, bright, dark, long, neat, cheap
        """)

    /// How the trouble begins.
    static let but = Phrase.words("But, Yet, Sadly, Today")

    /// What the one in the way is like.
    static let vice = Phrase.words(
        """
        grumpy, greedy, sly, cruel, rude, wicked, stingy, fierce, sulky, cross, gruff, mean, \
        vain, stern, grim, moody, nosy, fussy, cranky, bossy, pushy, hungry, bored, sneaky, \
        wild, crafty, grubby, gloomy, dull, bad, lazy, tough
        """)

    /// Who is in the way.
    static let villain = Phrase.words(
        """
        giant, dragon, troll, witch, wizard, wolf, goblin, ghost, king, queen, bull, lion, \
        pirate, robber, knight, crow, miller, baker, farmer, duke, snake, judge, bandit, ogre
        """)

    /// What the one in the way does with the wanted thing.
    static let kept = Phrase.words("kept, hid, held, stored, buried, tucked, lost, left")

    /// Where it is, beside a place.
    static let beside = Phrase.words("under, behind, near, beside, below, beyond, inside, above")

    /// Where it is, and where the hero goes.
    static let place = Phrase.words(
        """
        mill, bridge, barn, well, inn, church, tower, castle, forge, bakery, garden, market, \
        dairy, school, palace, stable, chapel, meadow, pond, hill, wood, cave, lake, river, \
        farm, wall, gate, tree, shed, park, cabin, hut
        """)

    /// How the advice is to be followed.
    static let manner = Phrase.words(
        """
        twice, thrice, again, softly, loudly, sweetly, slowly, kindly, bravely, gently, boldly, \
        proudly, warmly, calmly, neatly, nicely, at dawn, at dusk, at noon, at once, outside, \
        all day, with joy, for fun, for luck, for days, in rhyme, in verse, in style, like mad, \
        well, daily
        """)

    /// How the helper speaks.
    static let said = Phrase.words(
        """
        said, cried, sang, sighed, yawned, called, beamed, smiled, piped, mused, agreed, winked, \
        joked, purred, roared, yelled
        """)

    /// What the helper is like.
    static let virtue = Phrase.words(
        """
        wise, old, tall, thin, sweet, rich, dear, stout, kind, brave, clever, funny, gentle, \
        jolly, modest, honest, famous, lively, sleepy, quiet, noble, busy, little, big, calm, \
        proud, witty, merry, shy, young, bold, plump
        """)

    /// Who the helper is to the hero.
    static let helper = Phrase.words(
        """
        aunt, uncle, mother, father, sister, cousin, friend, doctor, cook, nephew, niece, \
        granny, twin, tutor, nurse, maid
        """)

    /// By when all is well.
    static let time = Phrase.words(
        """
        noon, dusk, dawn, Monday, Tuesday, Friday, Sunday, Easter, spring, summer, autumn, \
        winter, March, April, May, June, July, supper, bedtime, evening, teatime, sunset, lunch, \
        morning
        """)

    /// How the happiness shows.
    static let felt = Phrase.words("was, felt, stayed, looked")

    /// How one is when all is well.
    static let mood = Phrase.words(
        """
        happy, merry, glad, proud, calm, jolly, joyful, brave, lively, giddy, young, rich, \
        lucky, warm, cosy, free, dreamy, smug, sunny, grand, bright, fine, great, tall, wise, \
        bold, clever, noble, snug, chatty, sleepy, silly
        """)

    /// How long, and how many.
    static let number = Phrase.words(
        """
        two, three, four, five, six, seven, eight, nine, ten, twenty, forty, sixty
        """)

    /// How long.
    static let unit = Phrase.words("days, weeks, months, years")

    /// How the hero goes away.
    static let moved = Phrase.words(
        """
        skipped, danced, hopped, ran, walked, marched, trotted, raced, bounced, pranced, \
        waltzed, cycled, twirled, strode, sailed, skated
        """)

    /// Where the hero goes, beside a place.
    static let to = Phrase.words("to, past, round, from")
}
