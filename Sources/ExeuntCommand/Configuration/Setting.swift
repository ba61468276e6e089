/// A setting: its name, what it may be, what it is when nobody says, and what that means.
struct Setting: Sendable {
    let key: SettingKey
    let form: SettingForm
    /// Nil when it is not set unless somebody sets it.
    let defaultValue: SettingValue?
    /// What holds when it is not set, in words, where there is no default value or it says too little.
    let otherwise: String?
    /// One line for people.
    let meaning: String

    init(
        _ key: SettingKey, _ form: SettingForm, default defaultValue: SettingValue? = nil, otherwise: String? = nil,
        _ meaning: String
    ) {
        self.key = key
        self.form = form
        self.defaultValue = defaultValue
        self.otherwise = otherwise
        self.meaning = meaning
    }

    /// The default as the reference tells it.
    var defaultText: String { otherwise ?? defaultValue?.text ?? "none" }
}
