# Prints the cost that scikit-learn's lbfgs reaches on the breast cancer data,
# standardised, with its default C = 1, as problem_test.go states it: mean log
# loss plus 1/2N times the sum of squares of the weights.
#
#   apt-get install python3-sklearn
#   /usr/bin/python3 testdata/scikit-learn.py ../cmd/neuron/data/breast_cancer.csv
import csv, sys
import numpy, sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

rows = list(csv.reader(open(sys.argv[1])))[1:]
x = StandardScaler().fit_transform(numpy.array([r[:-1] for r in rows], float))
y = numpy.array([r[-1] == "malignant" for r in rows], float)

for tol in 1e-4, 1e-12:
    m = LogisticRegression(C=1, solver="lbfgs", tol=tol, max_iter=10000).fit(x, y)
    z = x @ m.coef_[0] + m.intercept_[0]
    cost = numpy.mean(numpy.logaddexp(0, z) - y * z) + m.coef_[0] @ m.coef_[0] / 2 / len(y)
    print(f"scikit-learn {sklearn.__version__} tol {tol:g}: cost {cost:.17g}, {m.n_iter_[0]} iterations, accuracy {m.score(x, y):.6f}")
