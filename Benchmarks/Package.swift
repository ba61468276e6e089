// swift-tools-version: 6.2
import PackageDescription

// The tools of `make bench`. A package of its own, so that nobody who builds Exeunt ever resolves it.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "exeunt-benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "bare-hummingbird", targets: ["BareHummingbird"]),
        .executable(name: "bare-nio", targets: ["BareNIO"]),
        .executable(name: "exeunt-load", targets: ["ExeuntLoad"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
    ],
    targets: [
        .target(name: "BareAnswer"),
        .executableTarget(
            name: "BareHummingbird",
            dependencies: [
                "BareAnswer",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "BareNIO",
            dependencies: [
                "BareAnswer",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .executableTarget(
            name: "ExeuntLoad",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
    ]
)

for target in package.targets { target.swiftSettings = settings }
