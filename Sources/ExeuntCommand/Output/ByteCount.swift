/// A number of bytes in words.
enum ByteCount {
    static func text(_ bytes: Int64) -> String {
        var value = Double(bytes)
        var unit = "bytes"
        for larger in ["KB", "MB", "GB", "TB"] where value >= 1000 {
            value /= 1000
            unit = larger
        }
        return unit == "bytes" ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(unit)"
    }
}
