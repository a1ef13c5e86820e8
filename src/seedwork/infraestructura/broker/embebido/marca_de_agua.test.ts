import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MarcaDeAgua } from './marca_de_agua.ts'

type Paso = Readonly<{ tipo: 'abrir' | 'pasar'; salto: number } | { tipo: 'saldar'; cual: number }>

const pasos: fc.Arbitrary<Paso[]> = fc.array(
  fc.oneof(
    fc.record({ tipo: fc.constantFrom('abrir' as const, 'pasar' as const), salto: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ tipo: fc.constant('saldar' as const), cual: fc.nat() }),
  ),
  { maxLength: 200, size: 'max' },
)

/** Lo mismo sin ingenio: todas las posiciones vistas y si falta saldarlas. */
class Ingenua {
  vista: number
  readonly abiertas: number[] = []

  constructor(desde: number) {
    this.vista = desde
  }

  get hasta(): number {
    return this.abiertas.length === 0 ? this.vista : Math.min(...this.abiertas) - 1
  }
}

test('la marca dice lo mismo que contar una por una, se salde en el orden que sea', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100 }), pasos, (desde, losPasos) => {
      const [marca, ingenua] = [new MarcaDeAgua(desde), new Ingenua(desde)]
      for (const paso of losPasos) {
        if (paso.tipo === 'saldar') {
          const [posicion] = ingenua.abiertas.splice(paso.cual % (ingenua.abiertas.length || 1), 1)
          if (posicion !== undefined) marca.saldar(posicion)
        } else {
          ingenua.vista += paso.salto
          if (paso.tipo === 'abrir') ingenua.abiertas.push(ingenua.vista)
          marca[paso.tipo](ingenua.vista)
        }
        assert.deepEqual([marca.hasta, marca.abiertas], [ingenua.hasta, ingenua.abiertas.length])
      }
    }),
  )
})

test('no se detiene en miles de posiciones saldadas al revés', () => {
  const marca = new MarcaDeAgua(10)
  for (let posicion = 11; posicion <= 5_010; posicion++) marca.abrir(posicion)
  for (let posicion = 5_010; posicion > 11; posicion--) marca.saldar(posicion)
  assert.deepEqual([marca.hasta, marca.abiertas], [10, 1])
  marca.saldar(11)
  assert.deepEqual([marca.hasta, marca.abiertas], [5_010, 0])
  for (let posicion = 5_011; posicion <= 9_000; posicion++) {
    marca.abrir(posicion)
    assert.equal(marca.hasta, posicion - 1)
    marca.saldar(posicion)
    assert.equal(marca.hasta, posicion)
  }
})

test('nunca dice que está saldado algo que no lo está, aunque después pasen otros', () => {
  const marca = new MarcaDeAgua(0)
  marca.abrir(3)
  marca.pasar(9)
  assert.equal(marca.hasta, 2)
  marca.saldar(3)
  assert.equal(marca.hasta, 9)
})
