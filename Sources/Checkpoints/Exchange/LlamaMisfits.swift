internal import AttendLayers
internal import AttendModels

/// What families around Llama have no place for, whichever program's files they are: the sentences that say so.
extension Llama.Configuration {
    /// What none of them has.
    var commonMisfits: [String] {
        var misfits: [String] = []
        if norm != .rms { misfits.append("its norm is \(norm.rawValue), not rms") }
        if normPlacement != .pre { misfits.append("its normPlacement is post, not pre") }
        return misfits
    }

    /// A latent attention.
    var latentMisfits: [String] {
        latent == nil ? [] : ["its attention is latent (latent is not null)"]
    }

    /// Experts in place of one network for all tokens.
    var expertMisfits: [String] {
        experts == nil ? [] : ["it has experts (experts is not null)"]
    }

    /// Experts of another kind than Mixtral's.
    var expertKindMisfits: [String] {
        guard let experts else { return [] }
        var misfits: [String] = []
        if experts.sharedHiddenWidth > 0 {
            misfits.append("it has a shared expert (experts.sharedHiddenWidth is not 0)")
        }
        if experts.routerHasBias {
            misfits.append("its router has a bias (experts.routerHasBias is true)")
        }
        if !experts.normalisesWeights {
            misfits.append(
                "the weights of a token's experts do not sum to 1 (experts.normalisesWeights is false)"
            )
        }
        return misfits
    }

    /// Norms of queries and keys.
    var queryNormMisfits: [String] {
        normalisesQueriesAndKeys
            ? ["it normalises queries and keys (normalisesQueriesAndKeys is true)"] : []
    }

    /// No norms of queries and keys.
    var missingQueryNormMisfits: [String] {
        normalisesQueriesAndKeys
            ? [] : ["it does not normalise queries and keys (normalisesQueriesAndKeys is false)"]
    }

    /// Biases anywhere.
    var biasMisfits: [String] {
        attentionHasBias || attentionOutputHasBias == true || hasBias
            ? ["it has biases (attentionHasBias, attentionOutputHasBias or hasBias is true)"] : []
    }

    /// Biases in some maps of the attention alone.
    var unevenBiasMisfits: [String] {
        attentionHasBias != attentionOutputHasBias ?? false
            ? [
                "not all maps of its attention have biases (attentionHasBias and attentionOutputHasBias differ)"
            ] : []
    }

    /// Biases elsewhere than in queries, keys and values, or none there.
    var queryBiasMisfits: [String] {
        var misfits: [String] = []
        if !attentionHasBias {
            misfits.append(
                "its queries, keys and values have no biases (attentionHasBias is false)")
        }
        if attentionOutputHasBias == true || hasBias {
            misfits.append(
                "it has biases elsewhere than in queries, keys and values (attentionOutputHasBias or hasBias is true)"
            )
        }
        return misfits
    }

    /// A window of some layers alone.
    var windowedLayerMisfits: [String] {
        firstWindowedLayer ?? 0 > 0
            ? ["not all its layers have the window (firstWindowedLayer is not 0)"] : []
    }
}
