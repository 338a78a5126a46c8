// Scratch memory of one call: handed out piece by piece, given back all at once, kept for the next.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

namespace seqloom {

class Arena {
public:
    float* take(long count) {
        count = (count + 15) / 16 * 16;
        while (block_ < blocks_.size() && used_ + count > blocks_[block_].size) {
            block_++;
            used_ = 0;
        }
        if (block_ == blocks_.size()) grow(count);
        float* piece = blocks_[block_].data.get() + used_;
        used_ += count;
        return piece;
    }

    // What was taken after a mark may be taken again; the caller marks and returns in one frame.
    struct Mark {
        size_t block;
        long used;
    };
    Mark mark() const { return {block_, used_}; }
    void back_to(Mark mark) {
        block_ = mark.block;
        used_ = mark.used;
    }

    // Next time one block will do.
    void clear() {
        if (blocks_.size() > 1) {
            long total = 0;
            for (const Block& block : blocks_) total += block.size;
            blocks_.clear();
            if (total <= kKept) grow(total);
        }
        back_to({0, 0});
        if (!blocks_.empty() && blocks_.back().size > kKept) blocks_.clear();
    }

private:
    static constexpr long kKept = 16 << 20;  // floats: an unusually large call does not stay

    struct Block {
        std::unique_ptr<float[]> data;
        long size;
    };
    void grow(long count) {
        long size = count > kFirst ? count : kFirst;
        blocks_.push_back({std::unique_ptr<float[]>(new float[size]), size});
    }
    static constexpr long kFirst = 1 << 16;

    std::vector<Block> blocks_;
    size_t block_ = 0;  // the one that pieces come from
    long used_ = 0;     // of it
};

// Arenas that wait for a call: as many as calls ever ran at once.
class Arenas {
public:
    class Lent {
    public:
        Lent(Arenas& from, std::unique_ptr<Arena> arena) : from_(from), arena_(std::move(arena)) {}
        ~Lent() {
            arena_->clear();
            std::lock_guard<std::mutex> hold(from_.lock_);
            from_.idle_.push_back(std::move(arena_));
        }
        Arena& operator*() { return *arena_; }

    private:
        Arenas& from_;
        std::unique_ptr<Arena> arena_;
    };

    Lent lend() {
        std::lock_guard<std::mutex> hold(lock_);
        if (idle_.empty()) return Lent(*this, std::make_unique<Arena>());
        auto arena = std::move(idle_.back());
        idle_.pop_back();
        return Lent(*this, std::move(arena));
    }

private:
    std::mutex lock_;
    std::vector<std::unique_ptr<Arena>> idle_;
};

}  // namespace seqloom
