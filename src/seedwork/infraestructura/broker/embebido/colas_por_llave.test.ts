import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ColasPorLlave, type Espera } from './colas_por_llave.ts'

const espera = (posicion: number, llave: string): Espera<string> => ({ posicion, llave, contenido: `c${posicion}`, llegada: posicion })

const conEsperas = (...llaves: string[]) => {
  const colas = new ColasPorLlave<string>()
  const esperas = llaves.map((llave, i) => espera(i + 1, llave))
  for (const una of esperas) colas.agregar(una)
  return { colas, esperas }
}

const tomarTodas = (colas: ColasPorLlave<string>): number[] => {
  const tomadas: number[] = []
  for (let una = colas.tomar(); una !== undefined; una = colas.tomar()) tomadas.push(una.posicion)
  return tomadas
}

test('de cada llave sale una, y la siguiente cuando se salda', () => {
  const { colas, esperas } = conEsperas('a', 'a', 'b', 'a')
  assert.equal(colas.primera()?.posicion, 1)
  assert.deepEqual(tomarTodas(colas), [1, 3])
  colas.saldar(esperas[0] as Espera<string>)
  assert.deepEqual(tomarTodas(colas), [2])
  colas.saldar(esperas[1] as Espera<string>)
  colas.saldar(esperas[2] as Espera<string>)
  assert.deepEqual(tomarTodas(colas), [4])
})

test('la que se devuelve sale antes que las de su llave', () => {
  const { colas, esperas } = conEsperas('a', 'a')
  const [primera] = esperas as [Espera<string>]
  colas.tomar()
  colas.retener(primera)
  assert.deepEqual(tomarTodas(colas), [])
  colas.devolver(primera)
  assert.deepEqual(tomarTodas(colas), [1])
})

test('detrás de una llave ocupada se guardan pocos contenidos, y la posición de todos', () => {
  const { colas, esperas } = conEsperas(...Array<string>(1_000).fill('a'), 'b')
  assert.ok(colas.contenidos <= 6, `guardaba ${colas.contenidos}`)
  assert.equal(esperas[0]?.contenido, 'c1')
  assert.equal(esperas.at(-1)?.contenido, 'c1001')
  assert.deepEqual(tomarTodas(colas), [1, 1_001])
})

test('lo retenido y lo que espera detrás no ocupan memoria', () => {
  const { colas, esperas } = conEsperas('a', 'a', 'b')
  colas.tomar()
  colas.retener(esperas[0] as Espera<string>)
  colas.agregar(espera(4, 'a'))
  assert.equal(colas.contenidos, 1)
  colas.devolver(esperas[0] as Espera<string>)
  colas.agregar(espera(5, 'a'))
  assert.equal(colas.contenidos, 2)
})

type Paso = Readonly<{ tipo: 'agregar' | 'tomar' | 'saldar' | 'retener' | 'devolver'; cual: number }>

const pasos = fc.array(
  fc.record<Paso>({ tipo: fc.constantFrom('agregar', 'agregar', 'tomar', 'tomar', 'saldar', 'retener', 'devolver'), cual: fc.nat() }),
  // De las cortas, que son las que fast-check daría, alguna vez ninguna rechaza en mal momento.
  { maxLength: 300, size: 'max' },
)

test('haga lo que haga quien consume, cada llave sale en orden, de una en una y sin perder ninguna', () => {
  fc.assert(
    fc.property(pasos, fc.integer({ min: 1, max: 6 }), (losPasos, llaves) => {
      const colas = new ColasPorLlave<string>()
      const todas: Espera<string>[] = []
      const [enCurso, retenidas, saldadas] = [new Set<Espera<string>>(), new Set<Espera<string>>(), new Set<Espera<string>>()]
      const elegir = (de: Set<Espera<string>>, cual: number) => [...de][cual % (de.size || 1)]
      /** La primera sin saldar de su llave, que además no esté ya en manos de alguien. */
      const leToca = (una: Espera<string>) =>
        todas.find((otra) => otra.llave === una.llave && !saldadas.has(otra)) === una && !enCurso.has(una) && !retenidas.has(una)
      const hacer = ({ tipo, cual }: Paso): void => {
        if (tipo === 'agregar') {
          todas.push(espera(todas.length + 1, `k${cual % llaves}`))
          colas.agregar(todas.at(-1) as Espera<string>)
          return
        }
        const una = tipo === 'tomar' ? colas.tomar() : elegir(tipo === 'devolver' ? retenidas : enCurso, cual)
        if (una === undefined) return
        if (tipo === 'tomar') {
          assert.ok(leToca(una), `salió ${una.posicion} sin que le tocara`)
          enCurso.add(una)
        } else if (tipo === 'devolver') {
          colas.devolver(una)
          retenidas.delete(una)
        } else {
          colas[tipo](una)
          enCurso.delete(una)
          ;(tipo === 'saldar' ? saldadas : retenidas).add(una)
        }
      }
      for (const paso of losPasos) hacer(paso)
      assert.equal(colas.contenidos, todas.filter(({ contenido }) => contenido !== undefined).length)
      for (const una of retenidas) colas.devolver(una)
      retenidas.clear()
      for (let guarda = todas.length * 2; saldadas.size < todas.length && guarda > 0; guarda--) {
        hacer({ tipo: 'tomar', cual: 0 })
        hacer({ tipo: 'saldar', cual: 0 })
      }
      assert.equal(saldadas.size, todas.length)
      assert.equal(colas.contenidos, 0)
    }),
  )
})
