// The table of routines of one instruction set.
#pragma once

#include "asking.hpp"
#include "attend.hpp"
#include "best.hpp"
#include "cells.hpp"
#include "entropy.hpp"
#include "gates.hpp"
#include "product.hpp"

namespace seqloom {
namespace ISA {

static constexpr Routines table(const char* name) {
    return {name,     PANEL,        multiply,      elman,   lstm, gru, lstm_on, lstm_back, gru_on,
            gru_back, ask_on,       ask_back, entropy32, entropy16, energies_dot, energies_tanh, softmax, mix,  add, tanh_of, pair_max,  log_sum,
            best};
}

}  // namespace ISA
}  // namespace seqloom
