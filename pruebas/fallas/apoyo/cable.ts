import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Alcance } from '../../../tests/apoyo/lugar.ts'

/**
 * Lo que le pasa a la red entre dos procesos. Lo que se retiene sale entero cuando se cura, como lo haría TCP; `cortado` y `a_mitad` rompen lo que
 * había: el primero además no deja entrar, y el segundo rompe con una trama a medio pasar.
 */
export const ROTURAS = ['cortado', 'solo_ida', 'solo_vuelta', 'agujero', 'a_mitad', 'lento'] as const
/** `olvido`: quien llevaba las conexiones las olvida. Las que había, y las que se abran hasta que se cure, callan para siempre y nadie avisa. */
export type Rotura = (typeof ROTURAS)[number] | 'olvido'

type Par = { readonly de: Socket; readonly hacia: Socket; olvidado: boolean }

const TROZO_LENTO = 100
const CADA_MS = 100

/** Un cable hasta un puerto, que se rompe y se cura cuando se le dice. */
export const tender = async (alcance: Alcance, destino: number, host = '127.0.0.1') => {
  const pares = new Set<Par>()
  let rotura: Rotura | undefined
  const retenidos: (() => void)[] = []

  const pasar = (trozo: Buffer, sentido: 'ida' | 'vuelta', { de, hacia, olvidado }: Par): void => {
    if (olvidado) return
    const salida = sentido === 'ida' ? hacia : de
    const entrada = sentido === 'ida' ? de : hacia
    const retiene =
      rotura === 'agujero' || (rotura === 'solo_ida' && sentido === 'vuelta') || (rotura === 'solo_vuelta' && sentido === 'ida')
    if (rotura === 'a_mitad') {
      salida.write(trozo.subarray(0, trozo.length >> 1), () => {
        de.resetAndDestroy()
        hacia.resetAndDestroy()
      })
    } else if (retiene) {
      entrada.pause()
      retenidos.push(() => {
        salida.write(trozo)
        entrada.resume()
      })
    } else if (rotura === 'lento') gotear(trozo, entrada, salida)
    else if (!salida.write(trozo)) {
      entrada.pause()
      salida.once('drain', () => entrada.resume())
    }
  }
  /** Un kilobyte por segundo, hasta que se cure. */
  const gotear = (trozo: Buffer, entrada: Socket, salida: Socket): void => {
    entrada.pause()
    const seguir = (resto: Buffer): void => {
      const cuanto = rotura === 'lento' ? TROZO_LENTO : resto.length
      if (salida.destroyed) return
      salida.write(resto.subarray(0, cuanto))
      if (resto.length > cuanto) setTimeout(seguir, CADA_MS, resto.subarray(cuanto))
      else entrada.resume()
    }
    seguir(trozo)
  }

  const servidor = createServer((de) => {
    if (rotura === 'cortado') return void de.resetAndDestroy()
    const hacia = connect(destino, host)
    const par: Par = { de, hacia, olvidado: rotura === 'olvido' }
    pares.add(par)
    de.on('data', (trozo) => pasar(trozo, 'ida', par))
    hacia.on('data', (trozo) => pasar(trozo, 'vuelta', par))
    for (const [uno, otro] of [[de, hacia] as const, [hacia, de] as const]) {
      uno.setNoDelay(true)
      uno.on('error', () => par.olvidado || otro.destroy())
      uno.on('end', () => par.olvidado || otro.end())
      uno.on('close', () => {
        if (!par.olvidado) otro.destroy()
        if (otro.destroyed) pares.delete(par)
      })
    }
  })
  await once(servidor.listen(0, '127.0.0.1'), 'listening')
  const romperTodo = (): void => {
    for (const { de, hacia } of pares) {
      de.resetAndDestroy()
      hacia.resetAndDestroy()
    }
  }
  alcance.after(() => {
    servidor.close()
    romperTodo()
  })
  return {
    puerto: (servidor.address() as AddressInfo).port,
    romper: (como: Rotura): void => {
      rotura = como
      if (como === 'cortado') romperTodo()
      if (como === 'olvido') for (const par of pares) par.olvidado = true
    },
    curar: (): void => {
      rotura = undefined
      for (const soltar of retenidos.splice(0)) soltar()
    },
    /** Cuántas conexiones olvidadas conserva todavía el lado al que llegaban. */
    olvidadas: (): number => [...pares].filter(({ olvidado, hacia }) => olvidado && !hacia.destroyed).length,
  }
}

export type Cable = Awaited<ReturnType<typeof tender>>
