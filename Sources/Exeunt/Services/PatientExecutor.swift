internal import Dispatch
internal import Foundation
internal import Synchronization

/// A thread of its own for what can wait: the system runs it less when others want the processor.
///
/// There is one for the whole process, and it stays until the process ends.
package final class PatientExecutor: TaskExecutor {
    package static let shared = PatientExecutor()

    private let jobs = Mutex<[UnownedJob]>([])
    private let count = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            Self.stepBack()
            while true {
                count.wait()
                let job = jobs.withLock { $0.removeFirst() }
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
        thread.name = "patient"
        thread.start()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        count.signal()
    }

    /// Has the system prefer other threads to the one that calls: it gets a tenth of what each of them gets, and all that they leave.
    package static func stepBack() {
        #if os(Linux)
            // There, a priority is that of a thread, and 0 is the thread that asks (setpriority(2)).
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }
}
