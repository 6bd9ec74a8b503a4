// Philox and what is made of it.

#include "Checks.h"

static void checkAnswers(void) {
    // Published with the generator (Random123, kat_vectors): the counter 0 with the key 0.
    static const uint32_t wanted[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    for (int word = 0; word < 4; word++)
        expectNear("Philox itself", word, randomWord((AttendRandom){0, 0}, (uint64_t)word * 16), wanted[word], 0);
}

static void checkStream(AttendRandom random, int64_t first, int64_t count) {
    float *uniform = floats(count), *normal = floats(count), *x = floats(count), *dropped = floats(count);
    const float probability = 0.3f;
    KERNEL(uniform)(random, first, count, uniform);
    KERNEL(normal)(random, first, count, 2, 0.5f, normal);
    KERNEL(dropout)(random, first, count, probability, x, dropped);
    for (int64_t i = 0; i < count; i++) {
        uint64_t element = (uint64_t)(first + i);
        double u = randomUniform(random, element);
        expectNear("uniform", i, uniform[i], u, 0);
        expectNear("dropout", i, dropped[i], u >= probability ? x[i] / (1 - (double)probability) : 0, 4 * EPSILON);
        // Words 0 and 1, or 2 and 3, of one counter make the cosine and the sine of one angle.
        uint64_t even = element - (element / 16 % 2) * 16;
        double radius = sqrt(-2 * log((randomWord(random, even) >> 1) * 0x1p-31 + 0x1p-32));
        double angle = 2 * M_PI * (randomWord(random, even + 16) >> 8) * 0x1p-24;
        double want = radius * (element / 16 % 2 ? sin(angle) : cos(angle));
        // Near radius 0 a rounding of the logarithm is a large part of it.
        double tolerance = 3e-6 + 2e-7 / (radius > 4e-4 ? radius : 4e-4);
        expectNear("normal", i, normal[i], 2 + 0.5 * want, tolerance);
    }
    for (int64_t done = 0; done < count; done += 64) {
        float part[64];
        int64_t length = count - done < 64 ? count - done : 64;
        table->normal(random, first + done, length, 2, 0.5f, part);
        expectSame("normal, block by block", part, normal + done, (size_t)length * 4);
    }
    float *inPlace = copyOf(x, count);
    table->dropout(random, first, count, probability, inPlace, inPlace);
    expectSame("dropout in place", inPlace, dropped, (size_t)count * 4);
    releaseBuffers();
}

static void checkMoments(void) {
    const int64_t count = 1 << 17;
    float *normal = floats(count);
    table->normal((AttendRandom){5, 9}, 0, count, 0, 1, normal);
    double mean = 0, variance = 0, third = 0, fourth = 0, n = (double)count;
    for (int64_t i = 0; i < count; i++) {
        double z = normal[i];
        mean += z / n, variance += z * z / n, third += z * z * z / n, fourth += z * z * z * z / n;
    }
    // Within five standard errors.
    expectNear("mean of normal numbers", 0, mean, 0, 5 / sqrt(n));
    expectNear("their variance", 0, variance, 1, 5 * sqrt(2 / n));
    expectNear("their third moment", 0, third, 0, 5 * sqrt(15 / n));
    expectNear("their fourth moment", 0, fourth, 3, 5 * sqrt(96 / n));
    releaseBuffers();
}

void checkRandom(void) {
    checkAnswers();
    for (int l = 0; l < lengthCount; l++) {
        checkStream((AttendRandom){1, 0}, 0, lengths[l]);
        checkStream((AttendRandom){0x0123456789abcdef, 0xfedcba9876543210}, 64 * 5, lengths[l]);
        // The counter passes 2³².
        checkStream((AttendRandom){42, 7}, ((int64_t)1 << 34) - 128, lengths[l]);
    }
    checkMoments();
}
