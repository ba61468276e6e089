internal import Foundation

/// The signal that a write raises in its thread when the other side has closed the connection.
///
/// hiredis finds the error of the write itself, and the process must not end of the signal.
enum BrokenPipe {
    /// Does something that may raise it, and takes it away.
    static func isNoSignal<Value, Failure: Error>(during work: () throws(Failure) -> Value) throws(Failure) -> Value {
        var (pipe, before) = (sigset_t(), sigset_t())
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer {
            var (pending, none) = (sigset_t(), timespec())
            if sigpending(&pending) == 0, sigismember(&pending, SIGPIPE) == 1 { sigtimedwait(&pipe, nil, &none) }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try work()
    }
}
