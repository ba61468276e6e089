/// Whether tokens can be guessed.
enum StrengthProbes {
    static let all = [strength]

    static let strength = Probe(
        "token-strength", "Session tokens cannot be guessed", group: .tokens,
        clauses: ["ASVS 7.2.3", "NIST 800-63B 5.1"],
        severity: .high, sends: "nothing more", follows: ["tokens-differ"]
    ) { auditor in
        var worst: (label: String, strength: TokenStrength)?
        for (label, values) in await auditor.samples {
            guard let strength = TokenStrength(values) else { continue }
            if strength.isCounting { return .fail("each \(label) is a little more than the one before") }
            if worst.map({ strength.bits < $0.strength.bits }) ?? true { worst = (label, strength) }
        }
        guard let worst else { return .notApplicable("there are too few random ones to look at") }
        let bits = Int(worst.strength.bits)
        let text = "what varies of the \(worst.label) can hold \(bits) bits at most"
        if bits < AuditLimits.guessableBits { return .fail(text) }
        return bits < AuditLimits.strongBits ? .warning(text) : .pass(text)
    }
}
