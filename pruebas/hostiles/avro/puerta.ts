// Puerta S4 [--cadenas 1000000 --desde 1 --cruzadas | --cadena N]: bytes hostiles leídos con cada esquema y con cada uno de sus anteriores.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { anunciar } from '../../puerta.ts'
import { conPlazo } from '../apoyo/plazo.ts'
import { correrTanda, type Encargo, type Resultado } from './tanda.ts'

const PLAZO_MS = 900_000
const POR_TANDA = 25_000
const CONTROL: Encargo = { desde: 1, cuantas: 3_000, control: true, cruzadas: true }
/** Sin cota, unos pocos bytes piden memoria o vueltas sin fin: se le da poco de las dos cosas. */
const CONTROL_MS = 4_000

const { values } = parseArgs({
  options: {
    cadenas: { type: 'string', default: '1000000' },
    desde: { type: 'string', default: '1' },
    cadena: { type: 'string' },
    cruzadas: { type: 'boolean', default: false },
    hijo: { type: 'boolean', default: false },
  },
})

const abrirHijo = () =>
  fork(import.meta.filename, ['--hijo'], {
    execArgv: [...process.execArgv, '--max-old-space-size=192', '--max-semi-space-size=8'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

/** Lo que vio un proceso que sólo hace eso; si muere, o no termina en el plazo, eso es lo que vio. */
const enHijo = async (encargos: Iterator<Encargo>, plazoMs: number, alTerminarUna: (resultado: Resultado) => void): Promise<void> => {
  const hijo = abrirHijo()
  const muerto = once(hijo, 'exit').then(([codigo, senal]) => [new Error(`el proceso terminó (${codigo ?? senal})`)])
  for (let siguiente = encargos.next(); !siguiente.done; siguiente = encargos.next()) {
    const plazo = setTimeout(() => hijo.kill('SIGKILL'), plazoMs)
    hijo.send(siguiente.value)
    const [resultado] = await Promise.race([once(hijo, 'message'), muerto])
    clearTimeout(plazo)
    if (resultado instanceof Error) {
      const { desde, cuantas } = siguiente.value
      const falta = `entre las cadenas ${desde} y ${desde + cuantas - 1}: ${resultado.message}`
      return alTerminarUna({ cadenas: 0, lecturas: 0, aceptadas: 0, peorMs: 0, crecioMb: 0, pares: 0, faltas: [falta] })
    }
    alTerminarUna(resultado)
  }
  hijo.disconnect()
}

function* enTandas(desde: number, cuantas: number): Generator<Encargo> {
  for (let hechas = 0; hechas < cuantas; hechas += POR_TANDA)
    yield { desde: desde + hechas, cuantas: Math.min(POR_TANDA, cuantas - hechas), control: false, cruzadas: values.cruzadas }
}

const correrTodas = async (desde: number, cuantas: number): Promise<readonly Resultado[]> => {
  const resultados: Resultado[] = []
  const encargos = enTandas(desde, cuantas)
  const anotar = (resultado: Resultado): void => {
    resultados.push(resultado)
    if (resultados.length % 8 === 0) console.error(`S4: ${resultados.length * POR_TANDA} de ${cuantas}`)
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, () => enHijo(encargos, PLAZO_MS, anotar)))
  return resultados
}

const verControl = async (): Promise<readonly string[]> => {
  const faltas: string[] = []
  await enHijo([CONTROL].values(), CONTROL_MS, (resultado) => void faltas.push(...resultado.faltas))
  return faltas
}

const suma = (resultados: readonly Resultado[], que: 'cadenas' | 'lecturas' | 'aceptadas'): number =>
  resultados.reduce((total, uno) => total + uno[que], 0)
const mayor = (resultados: readonly Resultado[], que: 'peorMs' | 'crecioMb' | 'pares'): number =>
  resultados.reduce((tope, uno) => Math.max(tope, uno[que]), 0)

if (values.hijo) process.on('message', (encargo: Encargo) => process.send?.(correrTanda(encargo)))
else if (values.cadena !== undefined) console.log(correrTanda({ desde: Number(values.cadena), cuantas: 1, control: false, cruzadas: true }))
else
  await conPlazo('S4', PLAZO_MS, async () => {
    const inicio = performance.now()
    const control = await verControl()
    const resultados = await correrTodas(Number(values.desde), Number(values.cadenas))
    const como = 'Repítela: node herramientas/arranque.mjs prueba pruebas/hostiles/avro/puerta.ts --cadena N'
    const faltas = resultados.flatMap((uno) => uno.faltas)
    anunciar({
      id: 'S4',
      nombre: 'avro_hostil',
      corridas: suma(resultados, 'cadenas'),
      cuentas: {
        desde: Number(values.desde),
        pares: mayor(resultados, 'pares'),
        lecturas: suma(resultados, 'lecturas'),
        aceptadas: suma(resultados, 'aceptadas'),
        peor_ms: mayor(resultados, 'peorMs').toFixed(2),
        crecio_mb: mayor(resultados, 'crecioMb').toFixed(1),
        s: Math.round((performance.now() - inicio) / 1_000),
      },
      control: control.length > 0 ? 'rojo' : 'verde',
      faltas: faltas.length > 0 ? [...faltas, como] : [],
      detalle: [`control: ${control[0] ?? 'no se vio nada'}`],
    })
  })
