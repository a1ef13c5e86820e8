// npm run pruebas:simulacion [-- --semillas 20000 --desde 1 | --semilla N]: historias al azar sobre un reloj a mano. --semilla repite una y la cuenta.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { anunciar, type Visto } from '../puerta.ts'
import { simular } from './simular.ts'
import { correrTanda, DEBE_OCURRIR, type Encargo, type Resultado, sumar } from './tanda.ts'

const POR_TANDA = 250
const CONTROL: Encargo = { desde: 1, cuantas: 20, control: true }
/** De las del control, las que al menos tienen que salir mal. */
const ROJAS = 10
/** Con menos semillas, que algo no ocurra es cosa de la suerte. */
const BASTANTES = 2_000

const { values } = parseArgs({
  options: {
    semillas: { type: 'string', default: '20000' },
    desde: { type: 'string', default: '1' },
    semilla: { type: 'string' },
    hijo: { type: 'boolean', default: false },
  },
})

/** Un proceso que simula las tandas que le pidan, de a una. */
const abrirHijo = () => {
  const proceso = fork(import.meta.filename, ['--hijo'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const muerto = once(proceso, 'exit').then(([codigo]) => {
    throw new Error(`Un proceso de la simulación terminó con ${codigo}.`)
  })
  muerto.catch(() => {})
  return {
    simular: async (encargo: Encargo): Promise<Resultado> => {
      proceso.send(encargo)
      const [resultado] = (await Promise.race([once(proceso, 'message'), muerto])) as [Resultado]
      return resultado
    },
    cerrar: () => proceso.disconnect(),
  }
}

const repetir = async (semilla: number): Promise<boolean> => {
  const { faltas, huella, cuentas } = await simular(semilla, { contarlo: (linea) => console.log(linea) })
  console.log(cuentas)
  for (const falta of faltas) console.log(`✖ ${falta}`)
  console.log(`semilla ${semilla}: ${faltas.length} faltas, huella ${huella}`)
  return faltas.length === 0
}

const correrTodas = async (desde: number, cuantas: number): Promise<Resultado> => {
  const resultados: Resultado[] = []
  let siguiente = desde
  const trabajar = async (): Promise<void> => {
    const hijo = abrirHijo()
    while (siguiente < desde + cuantas) {
      const encargo = { desde: siguiente, cuantas: Math.min(POR_TANDA, desde + cuantas - siguiente) }
      siguiente += encargo.cuantas
      resultados.push(await hijo.simular(encargo))
      const hechas = sumar(resultados).simuladas
      if (hechas % (POR_TANDA * 8) === 0) console.error(`simulación: ${hechas} de ${cuantas}`)
    }
    hijo.cerrar()
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, trabajar))
  return sumar(resultados)
}

const contar = (cuentas: Resultado['cuentas'], empieza: string): number =>
  Object.entries(cuentas).reduce((total, [que, veces]) => total + (que.startsWith(empieza) ? veces : 0), 0)

/** Lo que se vio al simularlas todas, y el control. */
const verTodas = async (desde: number, cuantas: number): Promise<Visto> => {
  const hijo = abrirHijo()
  const control = await hijo.simular(CONTROL)
  hijo.cerrar()
  const { simuladas, malas, cuentas } = await correrTodas(desde, cuantas)
  const faltan = cuantas < BASTANTES ? [] : DEBE_OCURRIR.filter((que) => cuentas[que] === undefined)
  const como = (semilla: number) => `Repítela: npm run pruebas:simulacion -- --semilla ${semilla}`
  return {
    id: 'R4',
    nombre: 'simulacion',
    corridas: simuladas,
    cuentas: {
      desde,
      muertes: contar(cuentas, 'muerte'),
      averias: contar(cuentas, 'almacén'),
      repetidos: contar(cuentas, 'mensaje'),
      repetibles: cuentas['simulada dos veces'] ?? 0,
      malas: malas.length,
    },
    control: control.malas.length >= ROJAS ? 'rojo' : 'verde',
    faltas: [
      ...malas.map(({ semilla, faltas }) => `semilla ${semilla}: ${faltas[0]} (${faltas.length}). ${como(semilla)}`),
      ...faltan.map((que) => `nunca ocurrió: ${que}`),
    ],
    detalle: Object.entries(cuentas)
      .sort()
      .map(([que, veces]) => `${que}: ${veces}`),
  }
}

if (values.hijo) process.on('message', async (encargo: Encargo) => process.send?.(await correrTanda(encargo)))
else if (values.semilla !== undefined) process.exitCode = (await repetir(Number(values.semilla))) ? 0 : 1
else anunciar(await verTodas(Number(values.desde), Number(values.semillas)))
