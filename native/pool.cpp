#include "pool.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace seqloom {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kSpins = 2000;
constexpr auto kPatience = std::chrono::microseconds(100);

void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

thread_local bool working = false;  // on a part

// One call's parts. A thread begins with its own, so that it finds in its cache what it had in hand when
// the call before was cut alike; then it takes what others have not begun.
struct Job {
    const std::function<void(long)>& part;
    const long count;
    std::vector<std::atomic<bool>> taken;
    std::atomic<long> done{0};
    std::exception_ptr error;
    std::mutex error_lock;

    Job(const std::function<void(long)>& part, long count) : part(part), count(count), taken(count) {}

    void work(long thread) {
        working = true;
        for (long i = 0; i < count; i++) {
            long mine = (thread + i) % count;
            if (taken[mine].exchange(true)) continue;
            try {
                part(mine);
            } catch (...) {
                std::lock_guard<std::mutex> hold(error_lock);
                error = std::current_exception();
            }
            done.fetch_add(1);
        }
        working = false;
    }
};

class Pool {
public:
    explicit Pool(int helpers) {
        for (int i = 1; i <= helpers; i++) threads_.emplace_back([this, i] { help(i); });
    }
    ~Pool() {
        {
            std::lock_guard<std::mutex> hold(lock_);
            ending_ = true;
            round_.fetch_add(1);
        }
        wake_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    std::chrono::nanoseconds run(const std::shared_ptr<Job>& job) {
        {
            std::lock_guard<std::mutex> hold(lock_);
            job_ = job;
            round_.fetch_add(1);
        }
        wake_.notify_all();
        auto begun = Clock::now();
        job->work(0);
        auto ended = Clock::now();
        for (int spins = 0; job->done.load() < job->count; spins++)
            spins < kSpins ? pause() : std::this_thread::yield();
        auto waited = Clock::now() - ended;
        return waited > (ended - begun) + kPatience ? waited : waited.zero();
    }

private:
    void help(long thread) {
        long seen = 0;
        for (;;) {
            for (int spins = 0; spins < kSpins && round_.load() == seen; spins++) pause();
            std::shared_ptr<Job> job;
            {
                std::unique_lock<std::mutex> hold(lock_);
                wake_.wait(hold, [&] { return round_.load() != seen; });
                seen = round_.load();
                if (ending_) return;
                job = job_;
            }
            job->work(thread);
        }
    }

    std::mutex lock_;
    std::condition_variable wake_;
    std::atomic<long> round_{0};
    std::shared_ptr<Job> job_;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

std::atomic<int> wanted_threads{1};
std::mutex pool_lock;  // held by the call that uses the pool
std::unique_ptr<Pool> pool;
int pool_threads = 0;
pid_t pool_owner = 0;

// The pool for as many threads as are wanted now. After a fork the threads are in the parent alone.
Pool& current(int count) {
    if (pool && pool_owner != getpid()) (void)pool.release();
    if (!pool || pool_threads != count) {
        pool.reset();
        pool = std::make_unique<Pool>(count - 1);
        pool_threads = count;
        pool_owner = getpid();
    }
    return *pool;
}

}  // namespace

void set_threads(int count) { wanted_threads = count < 1 ? 1 : count; }
int threads() { return wanted_threads; }

std::chrono::nanoseconds run_parts(long count, const std::function<void(long)>& part, int wanted) {
    std::unique_lock<std::mutex> mine(pool_lock, std::defer_lock);
    if (count == 1 || wanted == 1 || working || !mine.try_lock()) {
        for (long i = 0; i < count; i++) part(i);
        return {};
    }
    auto job = std::make_shared<Job>(part, count);
    auto waited = current(wanted).run(job);
    if (job->error) std::rethrow_exception(job->error);
    return waited;
}

}  // namespace seqloom
