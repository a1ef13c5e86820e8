import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as otraVuelta } from 'node:timers/promises'
import { componer, migraciones, type Sistema } from 'aeroalpes-api/sistema.ts'
import pino from 'pino'
import type { Almacen, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { armarCaida } from 'seedwork/infraestructura/almacen/punto_de_caida.ts'
import { ARCHIVO, abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { conAverias, sinAverias } from 'seedwork/infraestructura/broker/embebido/almacen_fallido.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { type EntornoVirtual, entornoVirtual, mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import type { Testigo } from './testigo.ts'

/** Con qué frecuencia le pasa cada cosa a una vida; y tras cuántos pasos muere. Un paso es una sentencia o un punto de caída. */
export type Suerte = Readonly<{
  muereEn: number
  /** Una unidad de trabajo falla sin escribir; o queda escrita y dice que no se sabe. */
  falla: number
  duda: number
  /** Un mensaje se escribe dos veces, se entrega tarde o, en el control, se pierde. */
  repite: number
  demora: number
  pierde: number
}>

export const NADA: Suerte = { muereEn: Number.POSITIVE_INFINITY, falla: 0, duda: 0, repite: 0, demora: 0, pierde: 0 }

export type Vida = Readonly<{
  sistema: Sistema
  entorno: EntornoVirtual
  /** Lo que el proceso haga desde que muere ya no le pasa a nadie: ocurre en una carpeta que nadie vuelve a abrir. */
  viva: () => boolean
  /** Muere aquí, si no había muerto, y deja la carpeta como la dejaría un proceso al que matan en este instante. */
  matar: (donde: string) => void
  /** Termina: en orden si vive, y si no, suelta lo que tenía. Devuelve la carpeta de la vida siguiente. */
  acabar: () => Promise<string>
}>

/** En memoria donde la hay: aquí no se prueba el disco, sino qué se escribió antes de morir. */
const RAIZ = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const DEMORA_MS = 3_000
const bitacora = pino({ level: 'silent' })

export const carpetaNueva = (): string => mkdtempSync(join(RAIZ, 'simulacion-'))

/** Un proceso entero menos HTTP, de verdad: dominio, almacén, broker, consumidores, saga y operaciones, sobre un reloj a mano. */
export const nacer = async (
  { carpeta, semilla, inicio }: { carpeta: string; semilla: number; inicio: number },
  suerte: Suerte,
  testigo: Testigo,
): Promise<Vida> => {
  const azar = mulberry32(semilla)
  const averias = sinAverias()
  let [viva, armada, pasos, siguiente] = [true, false, 0, carpeta]
  const morir = (donde: string): void => {
    if (!viva) return
    viva = false
    siguiente = carpetaNueva()
    for (const archivo of [ARCHIVO, `${ARCHIVO}-wal`])
      if (existsSync(join(carpeta, archivo))) copyFileSync(join(carpeta, archivo), join(siguiente, archivo))
    testigo.anotar(entorno.reloj.monotono(), `muere en ${donde}`)
    testigo.contar(`muerte: ${donde}`)
  }
  const paso = (donde: string): void => {
    if (armada && ++pasos >= suerte.muereEn) morir(donde)
  }
  const virtual = entornoVirtual({ inicio, semilla })
  const tras: EntornoVirtual['planificador']['tras'] = (ms, tarea) => virtual.planificador.tras(ms, () => viva && tarea())
  const entorno: EntornoVirtual = { ...virtual, planificador: { enseguida: virtual.planificador.enseguida, tras } }

  const abierto = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesEmbebido, ...migraciones] })
  const averiado = conAverias(averias)(abierto)
  const almacen: Almacen = {
    ...averiado,
    ejecutar: (unidad, prioridad) => {
      averias.escritura = armada && azar() < suerte.falla
      averias.dudosa = armada && azar() < suerte.duda
      if (averias.escritura) testigo.contar('almacén: falla')
      if (averias.dudosa) testigo.contar('almacén: no se sabe')
      return averiado.ejecutar((tx) => unidad(conPasos(tx, paso)), prioridad)
    },
  }
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: Number.POSITIVE_INFINITY, alFallar: () => {} })
  const sistema = await componer({
    almacen,
    broker: conSuerte(broker, { suerte, azar, testigo, entorno, armada: () => armada }),
    ...{ entorno, bitacora, clave: Buffer.alloc(32), listaAbierta: false, aerolinea: 'acepta' },
  })
  armada = true
  armarCaida(paso)
  return {
    sistema,
    entorno,
    viva: () => viva,
    matar: morir,
    acabar: async () => {
      armada = false
      armarCaida()
      if (viva) {
        await sistema.detener()
        await broker.cerrar()
      } else await otraVuelta()
      await abierto.cerrar()
      if (siguiente !== carpeta) rmSync(carpeta, { recursive: true })
      return siguiente
    },
  }
}

/** Cada sentencia es un lugar donde morir. */
const conPasos = (tx: Tx, paso: (donde: string) => void): Tx => {
  const contando =
    <A extends unknown[], R>(hacer: (...argumentos: A) => R) =>
    (...argumentos: A): R => {
      paso('una sentencia')
      return hacer(...argumentos)
    }
  return {
    todas: contando((consulta, parametros) => tx.todas(consulta, parametros)) as Tx['todas'],
    una: contando((consulta, parametros) => tx.una(consulta, parametros)) as Tx['una'],
    ejecutar: contando((consulta, parametros) => tx.ejecutar(consulta, parametros)) as Tx['ejecutar'],
    escribir: contando((consulta, parametros) => tx.escribir(consulta, parametros)) as Tx['escribir'],
    juntar: contando((junta, valor) => tx.juntar(junta, valor)) as Tx['juntar'],
    savepoint: (parte) => tx.savepoint((interior) => parte(conPasos(interior, paso))),
    alConfirmar: (aviso) => tx.alConfirmar(aviso),
  }
}

type Azaroso = Readonly<{ suerte: Suerte; azar: Azar; testigo: Testigo; entorno: EntornoVirtual; armada: () => boolean }>

/** Un broker que repite, demora y, en el control, pierde. Lo que retrasa una llave adelanta a las demás. */
const conSuerte = (broker: Broker, { suerte, azar, testigo, entorno, armada }: Azaroso): Broker => ({
  ...broker,
  publicar: (tx, mensajes) =>
    broker.publicar(
      tx,
      mensajes.flatMap((mensaje) => {
        if (armada() && azar() < suerte.pierde) return []
        const repetido = armada() && azar() < suerte.repite
        if (repetido) testigo.repetir(mensaje)
        return repetido ? [mensaje, mensaje] : [mensaje]
      }),
    ),
  suscribir: (suscripcion) =>
    broker.suscribir({
      ...suscripcion,
      manejar: async (entrega) => {
        const demorada = armada() && azar() < suerte.demora
        if (demorada) {
          testigo.contar('entrega: tarde')
          await new Promise<void>((listo) => void entorno.planificador.tras(Math.round(azar() * DEMORA_MS), listo))
        }
        testigo.anotar(entorno.reloj.monotono(), `${suscripcion.nombre} recibe ${entrega.mensaje.id} (${entrega.intento})`)
        if (entrega.intento > 1) testigo.contar('entrega: otra vez')
        await suscripcion.manejar(entrega)
      },
    }),
})
