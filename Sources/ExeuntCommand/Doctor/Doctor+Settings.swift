internal import ExeuntHTTP

extension Doctor {
    /// What is set, where it is right and still worth a word.
    func checkSettings() -> [Finding] {
        var findings: [Finding] = []
        if settings.integer(.scryptLog2N) < 14 {
            findings.append(
                .warning(
                    "configuration", "sign_in.scrypt_log2_n below 14 makes passwords cheap to guess; it is for tests"))
        }
        if let tls = settings.tls {
            for path in [tls.certificate, tls.key] {
                do throws(CommandFailure) {
                    _ = try SmallFile.read(path)
                } catch {
                    findings.append(.problem("configuration", error.message))
                }
            }
            if FileStatus(path: tls.key)?.isOpenToOthers == true {
                findings.append(
                    .warning(
                        "configuration", "others can open \(tls.key), and it is a secret; run: chmod 600 \(tls.key)"))
            }
        }
        if settings.publicURL(port: settings.listen.port)?.isSecure == false {
            findings.append(
                .warning(
                    "configuration",
                    "plain http, for this machine alone; for others set public_url, see `exeunt config`"))
        }
        return findings.isEmpty ? [.ok("configuration", "every setting can be used")] : findings
    }
}
