/// The hash function SHA-256, fed piece by piece.
///
/// ```swift
/// var hash = SHA256()
/// hash.update(header)
/// hash.update(body)
/// print(hash.finalize().hexadecimal)
/// ```
///
/// - Source: NIST, FIPS 180-4, Secure Hash Standard, §4.1.2, §5.1.1, §6.2.
public struct SHA256: Sendable {
    /// The 32 bytes of a hash.
    public struct Digest: Hashable, Sendable {
        /// The hash, most significant byte first.
        public let bytes: [UInt8]

        /// The hash in lower-case hexadecimal.
        public var hexadecimal: String {
            let digits = Array("0123456789abcdef".utf8)
            let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private var state = SIMD8<UInt32>(
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)
    /// Bytes that do not fill a block of 64 yet.
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// The hash of nothing so far.
    public init() {
        pending.reserveCapacity(Self.blockSize)
    }

    /// The hash of some bytes at once.
    public static func hash(_ bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        unsafe update(bytes.span.bytes)
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe update(bytes.bytes)
    }

    /// Takes in more bytes.
    public mutating func update(_ bytes: RawSpan) {
        byteCount &+= UInt64(bytes.byteCount)
        var start = 0
        if !pending.isEmpty {
            start = min(Self.blockSize - pending.count, bytes.byteCount)
            appendPending(bytes, 0..<start)
            guard pending.count == Self.blockSize else { return }
            let block = pending
            pending.removeAll(keepingCapacity: true)
            unsafe compress(block.span.bytes, from: 0, blocks: 1, into: &state)
        }
        let blocks = (bytes.byteCount - start) / Self.blockSize
        compress(bytes, from: start, blocks: blocks, into: &state)
        appendPending(bytes, start + blocks * Self.blockSize..<bytes.byteCount)
    }

    /// Ends the message and returns its hash; start another ``SHA256`` for another message.
    public mutating func finalize() -> Digest {
        let bitCount = byteCount &* 8
        let zeros = (Self.blockSize * 2 - 9 - pending.count) % Self.blockSize
        var ending = [0x80] + [UInt8](repeating: 0, count: zeros)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            ending.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }
        update(ending)
        var bytes: [UInt8] = []
        for index in 0..<8 {
            for shift in stride(from: UInt32(24), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: state[index] >> shift))
            }
        }
        return Digest(bytes: bytes)
    }

    fileprivate static let blockSize = 64

    private mutating func appendPending(_ bytes: RawSpan, _ range: Range<Int>) {
        for offset in range {
            unsafe pending.append(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
        }
    }
}

/// Takes in whole blocks of 64 bytes (§6.2.2).
///
/// The sixteen words of the message schedule and the eight working variables are plain local
/// variables, so that they stay in registers; that is what makes this as quick as scalar code can
/// be.
private func compress(
    _ bytes: RawSpan, from start: Int, blocks: Int, into state: inout SIMD8<UInt32>
) {
    let k = roundConstants
    for block in 0..<blocks {
        let base = start + block * SHA256.blockSize
        var w0 = word(bytes, base), w1 = word(bytes, base + 4)
        var w2 = word(bytes, base + 8), w3 = word(bytes, base + 12)
        var w4 = word(bytes, base + 16), w5 = word(bytes, base + 20)
        var w6 = word(bytes, base + 24), w7 = word(bytes, base + 28)
        var w8 = word(bytes, base + 32), w9 = word(bytes, base + 36)
        var w10 = word(bytes, base + 40), w11 = word(bytes, base + 44)
        var w12 = word(bytes, base + 48), w13 = word(bytes, base + 52)
        var w14 = word(bytes, base + 56), w15 = word(bytes, base + 60)
        var a = state[0], b = state[1], c = state[2], d = state[3]
        var e = state[4], f = state[5], g = state[6], h = state[7]
        var t = 0
        while true {
            round(a, b, c, &d, e, f, g, &h, k[t] &+ w0)
            round(h, a, b, &c, d, e, f, &g, k[t + 1] &+ w1)
            round(g, h, a, &b, c, d, e, &f, k[t + 2] &+ w2)
            round(f, g, h, &a, b, c, d, &e, k[t + 3] &+ w3)
            round(e, f, g, &h, a, b, c, &d, k[t + 4] &+ w4)
            round(d, e, f, &g, h, a, b, &c, k[t + 5] &+ w5)
            round(c, d, e, &f, g, h, a, &b, k[t + 6] &+ w6)
            round(b, c, d, &e, f, g, h, &a, k[t + 7] &+ w7)
            round(a, b, c, &d, e, f, g, &h, k[t + 8] &+ w8)
            round(h, a, b, &c, d, e, f, &g, k[t + 9] &+ w9)
            round(g, h, a, &b, c, d, e, &f, k[t + 10] &+ w10)
            round(f, g, h, &a, b, c, d, &e, k[t + 11] &+ w11)
            round(e, f, g, &h, a, b, c, &d, k[t + 12] &+ w12)
            round(d, e, f, &g, h, a, b, &c, k[t + 13] &+ w13)
            round(c, d, e, &f, g, h, a, &b, k[t + 14] &+ w14)
            round(b, c, d, &e, f, g, h, &a, k[t + 15] &+ w15)
            t += 16
            if t == 64 { break }
            schedule(&w0, w1, w9, w14)
            schedule(&w1, w2, w10, w15)
            schedule(&w2, w3, w11, w0)
            schedule(&w3, w4, w12, w1)
            schedule(&w4, w5, w13, w2)
            schedule(&w5, w6, w14, w3)
            schedule(&w6, w7, w15, w4)
            schedule(&w7, w8, w0, w5)
            schedule(&w8, w9, w1, w6)
            schedule(&w9, w10, w2, w7)
            schedule(&w10, w11, w3, w8)
            schedule(&w11, w12, w4, w9)
            schedule(&w12, w13, w5, w10)
            schedule(&w13, w14, w6, w11)
            schedule(&w14, w15, w7, w12)
            schedule(&w15, w0, w8, w13)
        }
        state &+= SIMD8(a, b, c, d, e, f, g, h)
    }
}

/// One of the 64 rounds.
///
/// The eight variables do not move; the caller passes them in turned order instead.
@inline(__always)
private func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32,
    _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32, _ scheduled: UInt32
) {
    let choice = (e & (f ^ g)) ^ g
    let majority = (a & b) | (c & (a | b))
    let first = h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ scheduled
    let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
    d = d &+ first
    h = first &+ second
}

/// The message schedule: the word sixteen places on, in the place of the word that it is made from.
@inline(__always)
private func schedule(
    _ word: inout UInt32, _ next: UInt32, _ ninth: UInt32, _ fourteenth: UInt32
) {
    let low = rotate(next, 7) ^ rotate(next, 18) ^ (next &>> 3)
    let high = rotate(fourteenth, 17) ^ rotate(fourteenth, 19) ^ (fourteenth &>> 10)
    word = word &+ low &+ ninth &+ high
}

@inline(__always)
private func rotate(_ word: UInt32, _ places: UInt32) -> UInt32 {
    (word &>> places) | (word &<< (32 &- places))
}

@inline(__always)
private func word(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
    unsafe UInt32(
        bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2).
private let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
]
