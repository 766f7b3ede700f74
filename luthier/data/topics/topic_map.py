"""Rows as points of a plane, near where they are about the same, in clusters that have a name."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.data.lent import Embeds
from luthier.data.quality.sample import Sampled
from luthier.data.text.readable import clip, readable

POINTS = 1500
FEWEST = 30
"""With fewer rows there is nothing to map."""
MOST_LABELS = 8
"""That have a colour of their own."""
_CLUSTERS = 10
_WIDTH = 50  # numbers that TF-IDF, or an embedding, is reduced to
_PERPLEXITY = 30
_SHOWN = 160  # characters of a point's text
_TYPICAL = 3


def topic_map(
    sample: Sequence[Sampled], seed: int, model: str | None = None, embed: Embeds | None = None
) -> dict[str, Any] | None:
    """The part `topics` of report.json; None where there are too few rows.

    Texts become TF-IDF, or what a model says of them, reduced to 50 numbers by truncated SVD
    (latent semantic analysis: Deerwester et al., 1990); k-means finds the clusters, t-SNE the
    places (van der Maaten and Hinton, 2008). Clusters are named by TF-IDF whatever the vectors.

    Args:
        sample: the first `POINTS` of it are drawn.
        seed: equal seeds and rows give equal maps on one machine.
        model: the name of what embeds, for the page.
        embed: that model.
    """
    sample = sample[:POINTS]
    if len(sample) < FEWEST:
        return None
    # Light commands need none of this.
    from luthier.data.topics.terms import names_of, tf_idf

    texts = [readable(row.text) for row in sample]
    weights, terms = tf_idf(texts)
    if not terms and embed is None:
        return None
    vectors = _reduced(weights if embed is None else embed.of(texts), seed)
    places = _places(vectors, seed)
    clusters, centres = _clustered(vectors, seed)
    names = names_of(weights, terms, clusters, len(centres))
    labels = _labels(sample)
    return {
        "model": model,
        "rows": len(sample),
        "labels": labels,
        "clusters": [
            {
                "name": names[number],
                **_middle(places[clusters == number]),
                **_told(sample, vectors, centres[number], clusters == number),
            }
            for number in range(len(centres))
        ],
        "points": [
            {
                **_place(x, y),
                "cluster": int(cluster),
                "split": row.split,
                "label": _name(row.label),
                "text": clip(row.text, width=_SHOWN),
            }
            for row, (x, y), cluster in zip(sample, places.tolist(), clusters, strict=True)
        ],
    }


def _reduced(vectors: Any, seed: int) -> NDArray[np.float32]:
    """(n, 50 or less) unit vectors; zeros stay."""
    from sklearn.preprocessing import normalize
    from sklearn.utils.extmath import randomized_svd

    width = min(_WIDTH, vectors.shape[1] - 1, vectors.shape[0] - 1)
    if width >= 2:
        # Not TruncatedSVD, which divides by the variance: rows may all be the same.
        left, scales, _ = randomized_svd(normalize(vectors), width, random_state=seed)
        vectors = left * scales
    elif not isinstance(vectors, np.ndarray):
        vectors = vectors.toarray()
    # Rounded, so that rows which say the same stay the same.
    unit: NDArray[np.float32] = normalize(vectors).astype(np.float32).round(5)
    return unit


def _clustered(
    vectors: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The cluster of each vector, numbered by falling size, and the clusters' centres."""
    from sklearn.cluster import KMeans

    distinct = len(np.unique(vectors, axis=0))
    count = max(1, min(_CLUSTERS, round((len(vectors) / 4) ** 0.5), distinct))
    found = KMeans(count, n_init=4, random_state=seed).fit(vectors)
    order = np.argsort(-np.bincount(found.labels_, minlength=count), kind="stable")
    number = np.empty(count, np.int32)
    number[order] = np.arange(count)
    return number[found.labels_], found.cluster_centers_[order]


def _places(vectors: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """(n, 2) places between 0 and 1."""
    from sklearn.manifold import TSNE

    if vectors.shape[1] < 2 or len(np.unique(vectors, axis=0)) < 3:
        return np.zeros((len(vectors), 2)) + 0.5
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    draw = TSNE(2, perplexity=perplexity, init="pca", max_iter=500, random_state=seed)
    places: NDArray[np.float64] = np.asarray(draw.fit_transform(vectors), np.float64)
    low, high = places.min(axis=0), places.max(axis=0)
    within: NDArray[np.float64] = (places - low) / np.maximum(high - low, 1e-12)
    return within


def _middle(places: NDArray[np.float64]) -> dict[str, float]:
    """The place nearest to the median of some: where a number can stand for them all."""
    distances = np.abs(places - np.median(places, axis=0)).sum(axis=1)
    return _place(*places[int(distances.argmin())].tolist())


def _place(x: float, y: float) -> dict[str, float]:
    return {"x": round(x, 4), "y": round(y, 4)}


def _told(
    sample: Sequence[Sampled],
    vectors: NDArray[np.float32],
    centre: NDArray[np.float32],
    inside: NDArray[np.bool_],
) -> dict[str, Any]:
    """How many rows a cluster has, their labels, and the texts nearest to its centre."""
    rows = np.flatnonzero(inside)
    nearest = rows[np.argsort(-(vectors[rows] @ centre), kind="stable")]
    labels = Counter(name for row in rows.tolist() if (name := _name(sample[row].label)))
    typical = dict.fromkeys(clip(sample[row].text, width=_SHOWN) for row in nearest.tolist())
    return {
        "rows": len(rows),
        "labels": dict(labels.most_common(MOST_LABELS)),
        "typical": list(typical)[:_TYPICAL],
    }


def _labels(sample: Sequence[Sampled]) -> list[str]:
    """The most frequent labels of the sample, if they are few enough to be classes."""
    counts = Counter(name for row in sample if (name := _name(row.label)) is not None)
    if not 2 <= len(counts) <= len(sample) // 4:
        return []
    return [name for name, _ in counts.most_common(MOST_LABELS)]


def _name(label: Any) -> str | None:
    if label is None:
        return None
    told = ", ".join(sorted(map(str, label))) if isinstance(label, list) else str(label)
    return clip(told, width=60)
