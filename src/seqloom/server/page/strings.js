// Every word that the page says, in each language. {name} is filled in by `say`.

const TABLE = {
  en: {
    title: "Explorer",
    skip: "Skip to the answer",
    language: "Language",
    theme: "Colours",
    themeAuto: "As the system",
    themeLight: "Light",
    themeDark: "Dark",
    source: "Source",
    sourceHint: "Type here, and see what the model makes of it",
    model: "Model",
    compare: "Compare with",
    none: "no other",
    beam: "Beam",
    nbest: "Outputs",
    features: "Features, separated by blanks",
    token: "Access token",
    send: "Send",
    outputs: "Outputs",
    attention: "Attention",
    attentionHelp: "Point at a token, or move with the arrow keys: what belongs to it lights up.",
    view: "Show attention as",
    lines: "Lines",
    matrix: "Matrix",
    numbers: "Numbers",
    noAttention: "This model has no attention to show.",
    sourceSide: "source",
    targetSide: "output",
    steps: "Alternatives at every step",
    stepsHelp: "Choose one: the output is held up to there, and decoding goes on from it.",
    step: "step {number}",
    tree: "The search",
    treeHelp: "Every continuation that was weighed. Choose one to go on from it.",
    extent: "How much of the search is shown",
    extent_outputs: "To the outputs",
    extent_kept: "All kept",
    extent_all: "Given up too",
    treeLabel: "{token}, probability {share}, sum of logs {score}, {fate}",
    kept: "kept",
    dropped: "given up",
    isOutput: "output {rank}",
    end: "end",
    held: "Held",
    undo: "Undo",
    release: "Let go",
    heldNow: "Held: {text}. Decoding went on from there.",
    released: "Nothing is held any more.",
    hold: "{token}, {share}. Hold the output up to here.",
    chosen: "{token}, {share}, chosen",
    lights: "{token}. Looks at {others}",
    lit: "{token}. Looked at by {others}",
    share: "{token} {share}",
    nobody: "nothing in particular",
    score: "score {value}",
    logProb: "log p {value}",
    rank: "Output {rank}",
    unfinished: "cut off at the limit of length",
    answered: "Answered in {ms} ms",
    answeredBoth: "Answered in {ms} ms, {other} ms",
    unknown: "Never seen in training: {units}. Read as unknown.",
    working: "Still working…",
    starting: "Loading the model…",
    spoken: "{model}: {text}",
    empty: "(empty output)",
    noModels: "The server has no model to ask.",
    lost: "The server does not answer. Asking again in {seconds} s.",
    busy: "The server is busy. Asking again in {seconds} s.",
    refused: "This server asks for an access token.",
    failed: "No answer: {message}",
    why_too_long: "{message}",
    why_too_large: "{message}",
    why_refused: "{message}",
    why_invalid: "{message}",
    why_internal: "{message}",
    strange: "The server sent something that this page cannot read.",
    labels: "Labels",
    document: "What counted",
    sentence: "Sentence {number}, weight {share}",
    drawing: "Drawing",
    replay: "Draw again",
    pause: "Pause",
    progress: "Progress",
    seenWindow: "The letter being written",
  },
  ko: {
    title: "탐색기",
    skip: "답으로 건너뛰기",
    language: "언어",
    theme: "색",
    themeAuto: "시스템 설정",
    themeLight: "밝게",
    themeDark: "어둡게",
    source: "입력",
    sourceHint: "여기에 입력하면 모델의 답이 바로 보입니다",
    model: "모델",
    compare: "비교할 모델",
    none: "없음",
    beam: "빔",
    nbest: "출력 수",
    features: "자질 (빈칸으로 구분)",
    token: "접근 토큰",
    send: "보내기",
    outputs: "출력",
    attention: "어텐션",
    attentionHelp: "토큰을 가리키거나 화살표 키로 옮겨 가면 이어진 곳이 밝아집니다.",
    view: "어텐션 표시 방법",
    lines: "선",
    matrix: "행렬",
    numbers: "숫자",
    noAttention: "이 모델에는 보여 줄 어텐션이 없습니다.",
    sourceSide: "입력",
    targetSide: "출력",
    steps: "단계마다 있던 다른 후보",
    stepsHelp: "하나를 고르면 출력을 거기까지 고정하고 그 뒤를 다시 디코딩합니다.",
    step: "{number}단계",
    tree: "탐색 과정",
    treeHelp: "탐색이 견주어 본 모든 갈래입니다. 고르면 거기서부터 이어 갑니다.",
    extent: "탐색을 얼마나 보일지",
    extent_outputs: "출력까지",
    extent_kept: "남긴 것",
    extent_all: "버린 것도",
    treeLabel: "{token}, 확률 {share}, 로그 합 {score}, {fate}",
    kept: "남김",
    dropped: "버림",
    isOutput: "출력 {rank}",
    end: "끝",
    held: "고정",
    undo: "되돌리기",
    release: "풀기",
    heldNow: "{text}까지 고정하고 그 뒤를 다시 디코딩했습니다.",
    released: "고정한 것이 없습니다.",
    hold: "{token}, {share}. 여기까지 고정하기.",
    chosen: "{token}, {share}, 선택됨",
    lights: "{token}. 보는 곳: {others}",
    lit: "{token}. 이곳을 보는 출력: {others}",
    share: "{token} {share}",
    nobody: "두드러진 곳 없음",
    score: "점수 {value}",
    logProb: "로그 확률 {value}",
    rank: "출력 {rank}",
    unfinished: "길이 제한에서 잘림",
    answered: "{ms}ms 만에 답했습니다",
    answeredBoth: "{ms}ms, {other}ms 만에 답했습니다",
    unknown: "학습에서 본 적 없는 글자: {units}. 모르는 것으로 읽었습니다.",
    working: "아직 계산하고 있습니다…",
    starting: "모델을 불러오고 있습니다…",
    spoken: "{model}: {text}",
    empty: "(빈 출력)",
    noModels: "서버에 물어볼 모델이 없습니다.",
    lost: "서버가 응답하지 않습니다. {seconds}초 뒤에 다시 묻겠습니다.",
    busy: "서버가 바쁩니다. {seconds}초 뒤에 다시 묻겠습니다.",
    refused: "이 서버는 접근 토큰을 요구합니다.",
    failed: "답하지 못했습니다: {message}",
    why_too_long: "글이 너무 깁니다. 짧게 줄이거나 나누어 물어 주세요. ({message})",
    why_too_large: "한 번에 묻기에는 너무 큽니다. 나누어 물어 주세요. ({message})",
    why_refused: "이 설정으로는 답할 수 없습니다. ({message})",
    why_invalid: "질문의 형식이 맞지 않습니다. ({message})",
    why_internal: "서버에서 오류가 났습니다. ({message})",
    strange: "서버가 보낸 것을 이 페이지가 읽을 수 없습니다.",
    labels: "분류",
    document: "무엇이 중요했나",
    sentence: "문장 {number}, 비중 {share}",
    drawing: "그림",
    replay: "다시 그리기",
    pause: "멈춤",
    progress: "진행",
    seenWindow: "지금 쓰는 글자",
  },
};

let language = "en";

export const languages = Object.keys(TABLE);

/** The reader's language where the page has it. */
export const preferred = (wanted = navigator.languages ?? [navigator.language]) =>
  wanted.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag in TABLE) ?? "en";

export const setLanguage = (tag) => {
  language = tag in TABLE ? tag : "en";
  document.documentElement.lang = language;
};

/** A sentence in the reader's language. */
export const say = (name, values = {}) =>
  TABLE[language][name].replace(/\{(\w+)\}/g, (_, key) => String(values[key]));

/** Why there is no answer: what the service says, in English, behind a sentence of the reader's language for
    the codes that have one. */
export const reason = (code, message) => (`why_${code}` in TABLE[language] ? say(`why_${code}`, { message }) : message);

/** The fixed words of the page, by their data-text and data-placeholder. */
export const translate = (root) => {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = say(node.dataset.placeholder);
  document.title = `seqloom · ${say("title")}`;
};

/** A probability as people read it; only 0 and 1 themselves are written as such. */
export const percent = (share) => {
  const number = 100 * share;
  if (number > 0 && number < 0.1) return "<0.1%";
  if (number < 100 && number > 99.9) return ">99.9%";
  return `${number.toFixed(number < 10 && number > 0 ? 1 : 0)}%`;
};

/** A log probability; the minus is a minus. */
export const real = (value) => value.toFixed(2).replace("-", "−");
