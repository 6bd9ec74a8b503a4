// Rotary positions: pairs of elements turn by an angle that grows with the place of the token (Su et al. 2021).

/// One vector of pairs, turned.
INLINE void NAME(turn)(Vector *first, Vector *second, Vector cosine, Vector sine) {
    Vector x1 = *first, x2 = *second;
    *first = vfma(x1, cosine, -(x2 * sine));
    *second = vfma(x2, cosine, x1 * sine);
}

INLINE Vector NAME(sineOf)(const AttendRotation *r, const float *sines, int64_t n) {
    Vector sine = vget(sines, n);
    return r->isTransposed ? -sine : sine;
}

/// Pairs of element i and element i + pairs.
INLINE void NAME(turnHalves)(const AttendRotation *r, const float *cosines, const float *sines, float *y) {
    EACH_VECTOR(r->pairs, {
        Vector first = vget(y + i, n), second = vget(y + r->pairs + i, n);
        NAME(turn)(&first, &second, vget(cosines + i, n), NAME(sineOf)(r, sines + i, n));
        vput(y + i, first, n);
        vput(y + r->pairs + i, second, n);
    });
}

/// Pairs of neighbours, parted for the arithmetic and joined again.
INLINE void NAME(turnNeighbours)(const AttendRotation *r, const float *cosines, const float *sines, float *y) {
    EACH_VECTOR(r->pairs, {
        float even[VECTOR_WIDTH] = {0};
        float odd[VECTOR_WIDTH] = {0};
        float *pairs = y + 2 * i;
        for (int64_t lane = 0; lane < n; lane++) {
            even[lane] = pairs[2 * lane];
            odd[lane] = pairs[2 * lane + 1];
        }
        Vector first = vload(even), second = vload(odd);
        NAME(turn)(&first, &second, vget(cosines + i, n), NAME(sineOf)(r, sines + i, n));
        vstore(even, first);
        vstore(odd, second);
        for (int64_t lane = 0; lane < n; lane++) {
            pairs[2 * lane] = even[lane];
            pairs[2 * lane + 1] = odd[lane];
        }
    });
}

static void NAME(rotate)(const AttendRotation *r, int64_t rowBegin, int64_t rowEnd) {
    for (int64_t row = rowBegin; row < rowEnd; row++) {
        const int64_t place = row % r->tableRows * r->pairs;
        float *y = r->y + row * r->rowWidth;
        if (r->x != r->y) __builtin_memcpy(y, r->x + row * r->rowWidth, sizeof(float) * (size_t)r->rowWidth);
        y += r->begin;
        for (int64_t head = 0; head < r->headCount; head++, y += r->headWidth) {
            if (r->isInterleaved) {
                NAME(turnNeighbours)(r, r->cosines + place, r->sines + place, y);
            } else {
                NAME(turnHalves)(r, r->cosines + place, r->sines + place, y);
            }
        }
    }
}
