import AttendTraining
import Testing

@Suite struct ModelPartsTests {
    @Test(arguments: [
        (
            [
                "wte.weight", "wpe.weight", "h.0.ln_1.weight", "h.0.mlp.weight", "h.1.ln_1.weight",
                "ln_f.weight",
            ],
            ["embedding", "block 1", "block 2", "head"], [0, 0, 1, 1, 2, 3]
        ),
        (
            ["encoder.wte.weight", "encoder.h.0.a", "encoder.head.bias", "classifier.weight"],
            ["embedding", "block 1", "head"], [0, 1, 2, 2]
        ),
        (
            [
                "wte.weight", "encoder.h.0.a", "encoder.h.1.a", "encoder.ln_f.weight",
                "decoder.h.0.a", "decoder.ln_f.weight",
            ],
            [
                "embedding", "encoder block 1", "encoder block 2", "encoder end",
                "decoder block 1", "head",
            ], [0, 1, 2, 3, 4, 5]
        ),
        (["table.weight"], ["embedding"], [0]),
        (
            ["wte.weight", "wpe.weight", "c_attn.weight", "lm_head.weight"],
            ["embedding", "c_attn", "head"], [0, 0, 1, 2]
        ),
        ([], [], []),
        // A number that is none, or too large for one, is a name like any other.
        (["h.x.a", "h.99999999999999999999.b", "h"], ["h"], [0, 0, 0]),
    ])
    func partsFollowFromNames(parameters: [String], names: [String], indices: [Int]) {
        let parts = ModelParts(parameterNames: parameters)
        #expect(parts.names == names)
        #expect(parts.indices == indices)
    }
}
