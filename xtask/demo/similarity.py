"""Loads a sentence-embedding model by its name, offline, and compares three sentences."""

import sys
import warnings

warnings.filterwarnings("ignore")

import torch
from transformers import AutoModel, AutoTokenizer

RELATED = ("A cat sleeps on the sofa.", "A kitten naps on the couch.")
UNRELATED = "The central bank raised interest rates."


def embed(name, sentences):
    tokenizer, model = AutoTokenizer.from_pretrained(name), AutoModel.from_pretrained(name)
    batch = tokenizer(sentences, padding=True, return_tensors="pt")
    with torch.no_grad():
        tokens = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1).float()
    return torch.nn.functional.normalize((tokens * mask).sum(1) / mask.sum(1), dim=1)


first, second, third = embed(sys.argv[1], [*RELATED, UNRELATED])
related, unrelated = float(first @ second), float(first @ third)
print(f"  {related:+.3f}  {RELATED[0]!r} and {RELATED[1]!r}")
print(f"  {unrelated:+.3f}  {RELATED[0]!r} and {UNRELATED!r}")
if not related > 0.5 > unrelated + 0.3:
    sys.exit("these are not the similarities that a trained model gives")
