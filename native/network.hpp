// An encoder-decoder whose weights are packed for decoding.
//
// It is made from the model's own named arrays and a few named words (which decoder, which score).
// Work that does not depend on the step is moved out of it when the network is loaded or a source
// is read:
//   - an embedding followed by a matrix is one table, a row for each token, where that is not too big;
//   - whatever is linear in the context c = sum_j a_j h_j is applied to the h_j, once for a source.
//
// Sizes: B sources, P positions of all sources together, N rows (hypotheses), D features of a decoder
// layer, G gates of the first one, M units of a maxout, K key, X values, V vocabulary.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "arena.hpp"
#include "matrix.hpp"

namespace seqloom {

inline void require(bool holds, const std::string& otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
}

// What is handed over. Every array must be asked for: a weight that nobody knows is an error.
class Handed {
public:
    std::map<std::string, Array> arrays;
    std::map<std::string, std::string> words;

    bool has(const std::string& name) const { return arrays.count(name) > 0; }
    Array take(const std::string& name);
    std::string word(const std::string& name) const;
    void check_all_taken() const;

private:
    std::set<std::string> taken_;
};

// What the parts of a network have in common while they are made.
struct Making {
    Handed& handed;
    const Routines* routines;

    Matrix matrix(const std::string& weight, const std::string& bias = "") const;
};

// The vector of each token, in floats.
struct Embedding {
    std::shared_ptr<const std::vector<float>> vectors;  // several may look into one
    long count, features;

    explicit Embedding(const Array& array);
};

// W e(token) + b for every token: looked up, or multiplied where the table would be too big.
class Fed {
public:
    Fed() = default;
    Fed(const Making& making, const Embedding& embedding, const std::vector<Array>& weights,
        const std::vector<Array>& biases);
    // x[n] for n tokens; `step` floats from one row to the next.
    void look_up(const int64_t* tokens, long count, float* x, long step, Arena& arena) const;
    long outputs() const { return product_.outputs(); }

private:
    static constexpr long kTable = 1 << 20;  // floats

    Matrix product_;
    std::shared_ptr<const std::vector<float>> embedding_;
    std::vector<float> table_;
};

// A recurrent cell; the kind follows from how many blocks of gates there are.
class Cell {
public:
    enum class Kind { elman = 1, gru = 3, lstm = 4 };
    Cell() = default;
    // Without an input half if that is `Fed` from tokens.
    Cell(const Making& making, const std::string& name, bool with_input);

    long hidden() const { return hidden_; }
    long gates() const { return static_cast<long>(kind_) * hidden_; }
    long parts() const { return kind_ == Kind::lstm ? 2 : 1; }
    const Matrix& input() const { return input_; }
    const Matrix& recurrent() const { return recurrent_; }
    // One row: x the input half, r the recurrent half, from `before` to `after` (h, then c).
    void advance(const float* x, const float* r, const float* before, float* after) const;

private:
    Kind kind_ = Kind::elman;
    long hidden_ = 0;
    Matrix input_, recurrent_;
    std::vector<float> b_n_;
    const Routines* routines_ = nullptr;
};

// B sources side by side, source b at ids[start[b]] .. ids[start[b + 1] - 1].
struct Sources {
    const int64_t* ids;
    const int64_t* start;
    long count;

    long length(long b) const { return start[b + 1] - start[b]; }
    long positions() const { return start[count] - start[0]; }
};

// Encoder states [P, H], and of every layer the last state of each source: [layer][B, parts * H].
struct Encoded {
    float* states;
    std::vector<float*> last;
};

class Encoder {
public:
    Encoder() = default;
    explicit Encoder(const Making& making);
    Encoded read(const Sources& sources, Arena& arena) const;

    long features() const { return features_; }
    long layers() const { return static_cast<long>(cells_.size()); }
    long parts() const { return cells_[0][0].parts(); }
    long vocabulary() const { return vocabulary_; }

private:
    void scan(const Cell& cell, const Sources& sources, const float* x, bool backward, float* states,
              float* last, long offset, Arena& arena) const;

    bool reverse_ = false;
    long features_ = 0, vocabulary_ = 0;
    std::vector<Fed> fed_;                  // for each direction
    std::vector<std::vector<Cell>> cells_;  // for each layer, each direction
};

// What is fixed for the B sources: keys and values of source b are rows begin[b] .. end[b] - 1.
struct Memory {
    const float* keys;    // [P, K]
    const float* values;  // [P, X]
    const int64_t* begin;
    const int64_t* end;
    const float* summary;  // [B, G + 2 M] of a decoder that sees one fixed context, or null
};

// The hypotheses that take a step.
struct Rows {
    long count;             // N
    const int64_t* tokens;  // what each is fed
    const long* source;     // which source it is a hypothesis of
    const int64_t* from;    // which row of the states before it continues; several may continue one
};

class Decoder {
public:
    Decoder() = default;
    Decoder(const Making& making, const Encoder& encoder);

    // Keys and values of the P positions, the summary and the first state of the B sources.
    void start(const Sources& sources, const Encoded& encoded, float* keys, float* values,
               float* summary, float* state) const;
    // One step of all N rows: their states `after`, logits [N, V] and, where there is attention,
    // weights in rows of `longest`.
    void step(const Memory& memory, const Rows& rows, const float* before, float* after,
              float* logits, float* weights, long longest, Arena& arena) const;

    bool attends() const { return kind_ == Kind::bahdanau || kind_ == Kind::luong; }
    long keys() const { return attends() ? key_size_ : 0; }
    long values() const { return attends() ? value_size_ : 0; }
    long summary() const { return kind_ == Kind::cho ? fed_.outputs() : 0; }
    long state() const { return state_; }
    long vocabulary() const { return output_.outputs(); }

private:
    enum class Kind { sutskever, cho, bahdanau, luong };
    void make_attention(const Making& making, const Encoder& encoder);
    void make_readout(const Making& making, const Encoder& encoder);
    void make_bridge(const Making& making, const Encoder& encoder);
    void bridge(const Sources& sources, const Encoded& encoded, float* state) const;
    void layers(const float* x, long N, const float* before, long M, const long* parent,
                float* after, Arena& arena) const;
    void attend(const Memory& memory, const long* source, long rows, const float* query, float* mixed,
                float* weights, long longest, Arena& arena) const;
    void read_out(const float* x, const float* top, const float* attended, long rows, float* logits,
                  Arena& arena) const;

    const Routines* routines_ = nullptr;
    Kind kind_ = Kind::sutskever;
    Fed fed_;  // gates of the first layer, then what the maxout readout adds for the token
    std::vector<Cell> cells_;
    std::vector<Matrix> bridges_;  // none where the encoder's states are carried over as they are
    long encoder_parts_ = 0, encoder_features_ = 0, state_ = 0;

    Matrix key_, query_;  // none where states are compared as they are
    std::vector<float> v_;  // of the scores with a tanh
    long key_size_ = 0, value_size_ = 0;
    Matrix value_;  // what is linear in the context; of Cho's fixed one as well
    Matrix state_half_, feed_;  // Luong: W_c's half that sees the state; input feeding

    Matrix maxout_, narrow_, output_;
};

// The whole, and the scratch memory of its calls.
struct Network {
    const Routines* routines = nullptr;
    Encoder encoder;
    Decoder decoder;
    Arenas arenas;

    Network(Handed& handed, const Routines* routines);
};

}  // namespace seqloom
