"""Parts of direct sums: their options, and what shares out dimensions and weights among them."""
