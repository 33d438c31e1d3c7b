module example.com/onelife

go 1.19
